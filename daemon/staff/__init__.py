"""What staff get besides the notices of a case: worklists, lists of set-aside mail; and who is away."""

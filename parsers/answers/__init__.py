"""What a mail says to what was asked: answers, commands of staff, satisfaction, a wish to wait."""

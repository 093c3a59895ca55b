"""What follows from a staff member's mail: rights, commands, words that leave, words that stay."""

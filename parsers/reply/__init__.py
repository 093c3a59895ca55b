"""What a mail's writer wrote, apart from what it quotes, what a gateway added and how it is signed."""

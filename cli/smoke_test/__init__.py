"""What `im-access smoke` asks a real account, and the throw-away user with which it asks."""

"""The questions that `im-access smoke` asks a real account, and the throw-away user that it needs for them."""

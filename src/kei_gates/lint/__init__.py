"""What a Modal script says: its functions, what they cost at most, what is wrong with it. Pure."""

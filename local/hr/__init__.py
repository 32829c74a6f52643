"""Small simulated HR systems. They sign, encrypt and repeat their events like the real ones, and answer API calls."""

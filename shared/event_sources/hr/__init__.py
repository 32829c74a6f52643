"""What HR systems send, as each of them signs, encrypts and spells it: one pure module a system."""

"""How a badge comes to its student, and the student back to it: links, slips, codes, passkeys, sessions."""

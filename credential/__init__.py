"""What a badge is: its model, its proofs, its status, and the pictures and codes that carry it."""

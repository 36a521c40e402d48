"""What is held about a student, for how long, and how it goes: inventory, export, legal hold, erasure."""

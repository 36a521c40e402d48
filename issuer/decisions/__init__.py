"""What a district decides about a certification: proposed, aligned, approved, dated."""

"""The district's side: one transaction from an award to a signed credential."""

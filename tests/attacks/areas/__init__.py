"""One module for each area of attack: its cases, and the product's entry point that judges them."""

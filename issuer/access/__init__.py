"""Who works at the console: people, their roles, how they sign in, and what two of them must agree on."""

"""What each `cairn` command does. Data goes to stdout, words for people to stderr."""

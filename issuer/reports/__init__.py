"""What a district counts and may show: figures, what must be hidden of them, tables, charts and files."""

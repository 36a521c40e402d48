"""What the console and the students' pages have in common to look at: style, signs, templates, files."""

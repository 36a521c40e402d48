"""Sheets that people work on in steps: kept, read, checked, corrected, ordered, issued."""

"""Many badges at once, as a college's registrar has them: verdict, applicant and course side by side.

Pure, but for `running`, which drives the checks. Nothing here decides whether a badge is valid, and nothing
merges two rows: where two things may be the same, both are shown and the row says to look twice.
"""

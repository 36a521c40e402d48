"""placeholder"""
def document_text() -> str:
    return "{}"

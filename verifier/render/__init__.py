"""What is drawn: QR codes, and the receipt as a PDF. The verifier's only door to qrcode and typst."""

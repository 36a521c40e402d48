"""Mail to students: put into line in the database, written when it is sent, handed to the mail server."""

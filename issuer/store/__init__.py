"""The issuer's memory: tables, transactions, the audit chain. The only door to the database."""

"""Where public documents are put besides the issuer's own server: a folder, or a bucket behind a CDN."""

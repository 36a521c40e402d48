"""Evidence in: a file, a link with its digest, or the certifying body's own badge. One door for each library.

`item` is what a record says of it, `files` takes uploads by their content, `pictures` is the door to Pillow,
`badges` the door to the verifier, `attach` puts an item to an award. Import the module that you need: a
command that attaches nothing loads neither.
"""

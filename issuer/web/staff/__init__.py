"""The console: the pages at which a district's people work, under `/staff` of the district's own origin.

A page is a module with a `router`, named once in `issuer/web/staff/pages.py`. Its routes ask who is signed in
with `Depends(signed_in(Permission.X))`, read forms with `Depends(posted)` and answer with `page(...)`; it
joins the navigation with `nav.join` and the list of things to do with `todo.join`.
"""

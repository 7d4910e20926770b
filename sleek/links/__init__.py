"""Payment links: reusable pages that ask for money. The amount lives here and is never taken from a
request.
"""

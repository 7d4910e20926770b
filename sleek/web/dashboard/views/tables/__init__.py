"""Tables from spreadsheets: uploaded, looked at, imported whole. All purposes share the pages; what
each adds is a `Desk`, in a file of its own.
"""

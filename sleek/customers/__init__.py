"""The address book: who pays a merchant, typed once.

A bill copies what it needs when it is issued; changing a customer changes no bill that is out.
"""

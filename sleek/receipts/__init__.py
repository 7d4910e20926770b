"""Receipts (收据): a bill asks, a receipt confirms that its money came.

Each payment of bills gets one by itself, under a number of its own series, as soon as it has
succeeded. It never changes: what goes back later is said where the paper is verified. A payment of
a link has no such paper, only the light receipt on its own page.
"""

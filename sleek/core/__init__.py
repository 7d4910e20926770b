"""What everything stands on: money, ids, clock, errors, encryption, outgoing HTTP.

Core knows no noun of the trade and imports nothing else of Sleek.
"""

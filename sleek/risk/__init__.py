"""The guard on pages that anybody may use: how often, from where, and how it ended.

What reaches a provider from one link is limited by what was paid there, so a stranger with ten
thousand card numbers learns nothing about them here, and a shop with a queue of payers never
notices. Who acted is known by keyed hashes only, which are deleted when their hour is over.
"""

"""Payments, their attempts, and the inbox of providers' notices.

A payment is one wish to collect an amount; an attempt is one try to pay it through one channel.
Whatever a channel says comes in through one door, `apply_reports`, in any order and any number of
times. A payment succeeds once and only with exactly the amount and currency that were asked; all
other money that arrives is kept apart, frozen, flagged, and given back or decided on.
"""

"""Telling a merchant's people what they should know: by mail, SMS and chat.

A message is written in the transaction of what it tells, under a key that keeps it from being
written twice, and leaves by a job. Balance alerts look at every balance that an account had, one
after another, so a crossing is told once, however often anything is read again.
"""

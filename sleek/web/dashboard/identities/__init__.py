"""Logging in with Google and WeChat: their protocols, on django-allauth, and what we make of them.

allauth keeps the state between leaving and coming back, and PKCE. Hosts come from settings, every
reply is checked here, and who may log in to what is decided by `merchants.actions`.
"""

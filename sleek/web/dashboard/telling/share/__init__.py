"""Handing a link on: its address, its QR code, words for a message, papers to print."""

from sleek.web.dashboard.telling.share.codes import address, sticker_address

__all__ = ["address", "sticker_address"]

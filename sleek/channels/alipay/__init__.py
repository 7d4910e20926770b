"""Alipay by its documented OpenAPI protocol: page, phone and QR payments in yuan.

One attempt is one trade; our key is its `out_trade_no`. Not through the community SDK: its
transport has no limits, and it verifies replies after writing them anew.
"""

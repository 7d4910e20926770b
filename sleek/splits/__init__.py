"""Part of a payment kept back: held until it is released (escrow), or for another wallet (split).

A plan says which shares; a link may carry one. When its payment has succeeded each share becomes a
portion, frozen in the merchant's books. Released, it is the merchant's own again or the other
wallet's. A refund takes back from each portion in proportion; at every moment what was taken back
follows from how much of the payment is refunded, so a refund that fails gives it again.
"""

"""What an anonymous payer sees: the page of a link, the page of a payment, its receipt.

Looking creates nothing: mail scanners, previews and robots open links too. A link's address is
shared, so it tells what is asked and no more; a payment's address is unguessable and known only to
a browser that pressed "pay", so it shows the receipt.
"""

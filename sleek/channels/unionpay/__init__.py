"""UnionPay by its gateway protocol 5.1.0 (银联全渠道): the payer's browser posts a signed form."""

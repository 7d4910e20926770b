"""WeChat Pay by its API v3 (微信支付): native codes for desks, H5 pages for phone browsers."""

// WeChat's bridge for a browser that is not WeChat: run it in a page before the page's own scripts,
// with window.sandbox set to the sandbox's address. A call leads to the sandbox's page, which asks
// to confirm and comes back.
"use strict";

window.WeixinJSBridge = {
  invoke(name, call, done) {
    if (name !== "getBrandWCPayRequest") return done({ err_msg: name + ":fail" });
    const back = { redirect_url: location.href };
    location.assign(window.sandbox + "/wechatpay/jsapi?" + new URLSearchParams({ ...call, ...back }));
  },
};

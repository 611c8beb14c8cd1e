const openLate = (name) =>
  new Proxy({}, { get: (_, member) => (member === '__esModule' ? undefined : require(name)[member]) });
/******/ (() => { // webpackBootstrap
/******/ 	var __webpack_modules__ = ({

/***/ 770:
/***/ ((module, __unused_webpack_exports, __nccwpck_require__) => {

module.exports = __nccwpck_require__(218);


/***/ }),

/***/ 218:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {

"use strict";
var __webpack_unused_export__;


var net = __nccwpck_require__(278);
var tls = __nccwpck_require__(756);
var http = __nccwpck_require__(611);
var https = __nccwpck_require__(692);
var events = __nccwpck_require__(434);
var assert = __nccwpck_require__(613);
var util = __nccwpck_require__(23);


exports.httpOverHttp = httpOverHttp;
exports.httpsOverHttp = httpsOverHttp;
exports.httpOverHttps = httpOverHttps;
exports.httpsOverHttps = httpsOverHttps;


function httpOverHttp(options) {
  var agent = new TunnelingAgent(options);
  agent.request = http.request;
  return agent;
}

function httpsOverHttp(options) {
  var agent = new TunnelingAgent(options);
  agent.request = http.request;
  agent.createSocket = createSecureSocket;
  agent.defaultPort = 443;
  return agent;
}

function httpOverHttps(options) {
  var agent = new TunnelingAgent(options);
  agent.request = https.request;
  return agent;
}

function httpsOverHttps(options) {
  var agent = new TunnelingAgent(options);
  agent.request = https.request;
  agent.createSocket = createSecureSocket;
  agent.defaultPort = 443;
  return agent;
}


function TunnelingAgent(options) {
  var self = this;
  self.options = options || {};
  self.proxyOptions = self.options.proxy || {};
  self.maxSockets = self.options.maxSockets || http.Agent.defaultMaxSockets;
  self.requests = [];
  self.sockets = [];

  self.on('free', function onFree(socket, host, port, localAddress) {
    var options = toOptions(host, port, localAddress);
    for (var i = 0, len = self.requests.length; i < len; ++i) {
      var pending = self.requests[i];
      if (pending.host === options.host && pending.port === options.port) {
        // Detect the request to connect same origin server,
        // reuse the connection.
        self.requests.splice(i, 1);
        pending.request.onSocket(socket);
        return;
      }
    }
    socket.destroy();
    self.removeSocket(socket);
  });
}
util.inherits(TunnelingAgent, events.EventEmitter);

TunnelingAgent.prototype.addRequest = function addRequest(req, host, port, localAddress) {
  var self = this;
  var options = mergeOptions({request: req}, self.options, toOptions(host, port, localAddress));

  if (self.sockets.length >= this.maxSockets) {
    // We are over limit so we'll add it to the queue.
    self.requests.push(options);
    return;
  }

  // If we are under maxSockets create a new one.
  self.createSocket(options, function(socket) {
    socket.on('free', onFree);
    socket.on('close', onCloseOrRemove);
    socket.on('agentRemove', onCloseOrRemove);
    req.onSocket(socket);

    function onFree() {
      self.emit('free', socket, options);
    }

    function onCloseOrRemove(err) {
      self.removeSocket(socket);
      socket.removeListener('free', onFree);
      socket.removeListener('close', onCloseOrRemove);
      socket.removeListener('agentRemove', onCloseOrRemove);
    }
  });
};

TunnelingAgent.prototype.createSocket = function createSocket(options, cb) {
  var self = this;
  var placeholder = {};
  self.sockets.push(placeholder);

  var connectOptions = mergeOptions({}, self.proxyOptions, {
    method: 'CONNECT',
    path: options.host + ':' + options.port,
    agent: false,
    headers: {
      host: options.host + ':' + options.port
    }
  });
  if (options.localAddress) {
    connectOptions.localAddress = options.localAddress;
  }
  if (connectOptions.proxyAuth) {
    connectOptions.headers = connectOptions.headers || {};
    connectOptions.headers['Proxy-Authorization'] = 'Basic ' +
        new Buffer(connectOptions.proxyAuth).toString('base64');
  }

  debug('making CONNECT request');
  var connectReq = self.request(connectOptions);
  connectReq.useChunkedEncodingByDefault = false; // for v0.6
  connectReq.once('response', onResponse); // for v0.6
  connectReq.once('upgrade', onUpgrade);   // for v0.6
  connectReq.once('connect', onConnect);   // for v0.7 or later
  connectReq.once('error', onError);
  connectReq.end();

  function onResponse(res) {
    // Very hacky. This is necessary to avoid http-parser leaks.
    res.upgrade = true;
  }

  function onUpgrade(res, socket, head) {
    // Hacky.
    process.nextTick(function() {
      onConnect(res, socket, head);
    });
  }

  function onConnect(res, socket, head) {
    connectReq.removeAllListeners();
    socket.removeAllListeners();

    if (res.statusCode !== 200) {
      debug('tunneling socket could not be established, statusCode=%d',
        res.statusCode);
      socket.destroy();
      var error = new Error('tunneling socket could not be established, ' +
        'statusCode=' + res.statusCode);
      error.code = 'ECONNRESET';
      options.request.emit('error', error);
      self.removeSocket(placeholder);
      return;
    }
    if (head.length > 0) {
      debug('got illegal response body from proxy');
      socket.destroy();
      var error = new Error('got illegal response body from proxy');
      error.code = 'ECONNRESET';
      options.request.emit('error', error);
      self.removeSocket(placeholder);
      return;
    }
    debug('tunneling connection has established');
    self.sockets[self.sockets.indexOf(placeholder)] = socket;
    return cb(socket);
  }

  function onError(cause) {
    connectReq.removeAllListeners();

    debug('tunneling socket could not be established, cause=%s\n',
          cause.message, cause.stack);
    var error = new Error('tunneling socket could not be established, ' +
                          'cause=' + cause.message);
    error.code = 'ECONNRESET';
    options.request.emit('error', error);
    self.removeSocket(placeholder);
  }
};

TunnelingAgent.prototype.removeSocket = function removeSocket(socket) {
  var pos = this.sockets.indexOf(socket)
  if (pos === -1) {
    return;
  }
  this.sockets.splice(pos, 1);

  var pending = this.requests.shift();
  if (pending) {
    // If we have pending requests and a socket gets closed a new one
    // needs to be created to take over in the pool for the one that closed.
    this.createSocket(pending, function(socket) {
      pending.request.onSocket(socket);
    });
  }
};

function createSecureSocket(options, cb) {
  var self = this;
  TunnelingAgent.prototype.createSocket.call(self, options, function(socket) {
    var hostHeader = options.request.getHeader('host');
    var tlsOptions = mergeOptions({}, self.options, {
      socket: socket,
      servername: hostHeader ? hostHeader.replace(/:.*$/, '') : options.host
    });

    // 0 is dummy port for v0.6
    var secureSocket = tls.connect(0, tlsOptions);
    self.sockets[self.sockets.indexOf(socket)] = secureSocket;
    cb(secureSocket);
  });
}


function toOptions(host, port, localAddress) {
  if (typeof host === 'string') { // since v0.10
    return {
      host: host,
      port: port,
      localAddress: localAddress
    };
  }
  return host; // for v0.11 or later
}

function mergeOptions(target) {
  for (var i = 1, len = arguments.length; i < len; ++i) {
    var overrides = arguments[i];
    if (typeof overrides === 'object') {
      var keys = Object.keys(overrides);
      for (var j = 0, keyLen = keys.length; j < keyLen; ++j) {
        var k = keys[j];
        if (overrides[k] !== undefined) {
          target[k] = overrides[k];
        }
      }
    }
  }
  return target;
}


var debug;
if (process.env.NODE_DEBUG && /\btunnel\b/.test(process.env.NODE_DEBUG)) {
  debug = function() {
    var args = Array.prototype.slice.call(arguments);
    if (typeof args[0] === 'string') {
      args[0] = 'TUNNEL: ' + args[0];
    } else {
      args.unshift('TUNNEL:');
    }
    console.error.apply(console, args);
  }
} else {
  debug = function() {};
}
__webpack_unused_export__ = debug; // for test


/***/ }),

/***/ 613:
/***/ ((module) => {

"use strict";
module.exports = openLate("assert");

/***/ }),

/***/ 434:
/***/ ((module) => {

"use strict";
module.exports = require("events");

/***/ }),

/***/ 896:
/***/ ((module) => {

"use strict";
module.exports = require("fs");

/***/ }),

/***/ 611:
/***/ ((module) => {

"use strict";
module.exports = require("http");

/***/ }),

/***/ 692:
/***/ ((module) => {

"use strict";
module.exports = openLate("https");

/***/ }),

/***/ 278:
/***/ ((module) => {

"use strict";
module.exports = require("net");

/***/ }),

/***/ 857:
/***/ ((module) => {

"use strict";
module.exports = require("os");

/***/ }),

/***/ 756:
/***/ ((module) => {

"use strict";
module.exports = openLate("tls");

/***/ }),

/***/ 23:
/***/ ((module) => {

"use strict";
module.exports = require("util");

/***/ }),

/***/ 779:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

"use strict";
var https__WEBPACK_IMPORTED_MODULE_1___namespace_cache;
var http__WEBPACK_IMPORTED_MODULE_0___namespace_cache;
/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   Qq: () => (/* binding */ HttpClient),
/* harmony export */   s_: () => (/* binding */ getProxyUrl)
/* harmony export */ });
/* unused harmony exports HttpCodes, Headers, MediaTypes, HttpClientError, HttpClientResponse, isHttps */
/* harmony import */ var http__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(611);
/* harmony import */ var https__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(692);
/* harmony import */ var _proxy_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(783);
/* harmony import */ var tunnel__WEBPACK_IMPORTED_MODULE_3__ = __nccwpck_require__(770);
/* harmony import */ var undici__WEBPACK_IMPORTED_MODULE_4__ = __nccwpck_require__(87);
/* eslint-disable @typescript-eslint/no-explicit-any */
var __awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};





var HttpCodes;
(function (HttpCodes) {
    HttpCodes[HttpCodes["OK"] = 200] = "OK";
    HttpCodes[HttpCodes["MultipleChoices"] = 300] = "MultipleChoices";
    HttpCodes[HttpCodes["MovedPermanently"] = 301] = "MovedPermanently";
    HttpCodes[HttpCodes["ResourceMoved"] = 302] = "ResourceMoved";
    HttpCodes[HttpCodes["SeeOther"] = 303] = "SeeOther";
    HttpCodes[HttpCodes["NotModified"] = 304] = "NotModified";
    HttpCodes[HttpCodes["UseProxy"] = 305] = "UseProxy";
    HttpCodes[HttpCodes["SwitchProxy"] = 306] = "SwitchProxy";
    HttpCodes[HttpCodes["TemporaryRedirect"] = 307] = "TemporaryRedirect";
    HttpCodes[HttpCodes["PermanentRedirect"] = 308] = "PermanentRedirect";
    HttpCodes[HttpCodes["BadRequest"] = 400] = "BadRequest";
    HttpCodes[HttpCodes["Unauthorized"] = 401] = "Unauthorized";
    HttpCodes[HttpCodes["PaymentRequired"] = 402] = "PaymentRequired";
    HttpCodes[HttpCodes["Forbidden"] = 403] = "Forbidden";
    HttpCodes[HttpCodes["NotFound"] = 404] = "NotFound";
    HttpCodes[HttpCodes["MethodNotAllowed"] = 405] = "MethodNotAllowed";
    HttpCodes[HttpCodes["NotAcceptable"] = 406] = "NotAcceptable";
    HttpCodes[HttpCodes["ProxyAuthenticationRequired"] = 407] = "ProxyAuthenticationRequired";
    HttpCodes[HttpCodes["RequestTimeout"] = 408] = "RequestTimeout";
    HttpCodes[HttpCodes["Conflict"] = 409] = "Conflict";
    HttpCodes[HttpCodes["Gone"] = 410] = "Gone";
    HttpCodes[HttpCodes["TooManyRequests"] = 429] = "TooManyRequests";
    HttpCodes[HttpCodes["InternalServerError"] = 500] = "InternalServerError";
    HttpCodes[HttpCodes["NotImplemented"] = 501] = "NotImplemented";
    HttpCodes[HttpCodes["BadGateway"] = 502] = "BadGateway";
    HttpCodes[HttpCodes["ServiceUnavailable"] = 503] = "ServiceUnavailable";
    HttpCodes[HttpCodes["GatewayTimeout"] = 504] = "GatewayTimeout";
})(HttpCodes || (HttpCodes = {}));
var Headers;
(function (Headers) {
    Headers["Accept"] = "accept";
    Headers["ContentType"] = "content-type";
})(Headers || (Headers = {}));
var MediaTypes;
(function (MediaTypes) {
    MediaTypes["ApplicationJson"] = "application/json";
})(MediaTypes || (MediaTypes = {}));
/**
 * Returns the proxy URL, depending upon the supplied url and proxy environment variables.
 * @param serverUrl  The server URL where the request will be sent. For example, https://api.github.com
 */
function getProxyUrl(serverUrl) {
    const proxyUrl = _proxy_js__WEBPACK_IMPORTED_MODULE_2__/* .getProxyUrl */ .s(new URL(serverUrl));
    return proxyUrl ? proxyUrl.href : '';
}
const HttpRedirectCodes = [
    HttpCodes.MovedPermanently,
    HttpCodes.ResourceMoved,
    HttpCodes.SeeOther,
    HttpCodes.TemporaryRedirect,
    HttpCodes.PermanentRedirect
];
const HttpResponseRetryCodes = [
    HttpCodes.BadGateway,
    HttpCodes.ServiceUnavailable,
    HttpCodes.GatewayTimeout
];
const RetryableHttpVerbs = ['OPTIONS', 'GET', 'DELETE', 'HEAD'];
const ExponentialBackoffCeiling = 10;
const ExponentialBackoffTimeSlice = 5;
class HttpClientError extends Error {
    constructor(message, statusCode) {
        super(message);
        this.name = 'HttpClientError';
        this.statusCode = statusCode;
        Object.setPrototypeOf(this, HttpClientError.prototype);
    }
}
class HttpClientResponse {
    constructor(message) {
        this.message = message;
    }
    readBody() {
        return __awaiter(this, void 0, void 0, function* () {
            return new Promise((resolve) => __awaiter(this, void 0, void 0, function* () {
                let output = Buffer.alloc(0);
                this.message.on('data', (chunk) => {
                    output = Buffer.concat([output, chunk]);
                });
                this.message.on('end', () => {
                    resolve(output.toString());
                });
            }));
        });
    }
    readBodyBuffer() {
        return __awaiter(this, void 0, void 0, function* () {
            return new Promise((resolve) => __awaiter(this, void 0, void 0, function* () {
                const chunks = [];
                this.message.on('data', (chunk) => {
                    chunks.push(chunk);
                });
                this.message.on('end', () => {
                    resolve(Buffer.concat(chunks));
                });
            }));
        });
    }
}
function isHttps(requestUrl) {
    const parsedUrl = new URL(requestUrl);
    return parsedUrl.protocol === 'https:';
}
class HttpClient {
    constructor(userAgent, handlers, requestOptions) {
        this._ignoreSslError = false;
        this._allowRedirects = true;
        this._allowRedirectDowngrade = false;
        this._maxRedirects = 50;
        this._allowRetries = false;
        this._maxRetries = 1;
        this._keepAlive = false;
        this._disposed = false;
        this.userAgent = this._getUserAgentWithOrchestrationId(userAgent);
        this.handlers = handlers || [];
        this.requestOptions = requestOptions;
        if (requestOptions) {
            if (requestOptions.ignoreSslError != null) {
                this._ignoreSslError = requestOptions.ignoreSslError;
            }
            this._socketTimeout = requestOptions.socketTimeout;
            if (requestOptions.allowRedirects != null) {
                this._allowRedirects = requestOptions.allowRedirects;
            }
            if (requestOptions.allowRedirectDowngrade != null) {
                this._allowRedirectDowngrade = requestOptions.allowRedirectDowngrade;
            }
            if (requestOptions.maxRedirects != null) {
                this._maxRedirects = Math.max(requestOptions.maxRedirects, 0);
            }
            if (requestOptions.keepAlive != null) {
                this._keepAlive = requestOptions.keepAlive;
            }
            if (requestOptions.allowRetries != null) {
                this._allowRetries = requestOptions.allowRetries;
            }
            if (requestOptions.maxRetries != null) {
                this._maxRetries = requestOptions.maxRetries;
            }
        }
    }
    options(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('OPTIONS', requestUrl, null, additionalHeaders || {});
        });
    }
    get(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('GET', requestUrl, null, additionalHeaders || {});
        });
    }
    del(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('DELETE', requestUrl, null, additionalHeaders || {});
        });
    }
    post(requestUrl, data, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('POST', requestUrl, data, additionalHeaders || {});
        });
    }
    patch(requestUrl, data, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('PATCH', requestUrl, data, additionalHeaders || {});
        });
    }
    put(requestUrl, data, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('PUT', requestUrl, data, additionalHeaders || {});
        });
    }
    head(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('HEAD', requestUrl, null, additionalHeaders || {});
        });
    }
    sendStream(verb, requestUrl, stream, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request(verb, requestUrl, stream, additionalHeaders);
        });
    }
    /**
     * Gets a typed object from an endpoint
     * Be aware that not found returns a null.  Other errors (4xx, 5xx) reject the promise
     */
    getJson(requestUrl_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, additionalHeaders = {}) {
            additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
            const res = yield this.get(requestUrl, additionalHeaders);
            return this._processResponse(res, this.requestOptions);
        });
    }
    postJson(requestUrl_1, obj_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, obj, additionalHeaders = {}) {
            const data = JSON.stringify(obj, null, 2);
            additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
            additionalHeaders[Headers.ContentType] =
                this._getExistingOrDefaultContentTypeHeader(additionalHeaders, MediaTypes.ApplicationJson);
            const res = yield this.post(requestUrl, data, additionalHeaders);
            return this._processResponse(res, this.requestOptions);
        });
    }
    putJson(requestUrl_1, obj_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, obj, additionalHeaders = {}) {
            const data = JSON.stringify(obj, null, 2);
            additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
            additionalHeaders[Headers.ContentType] =
                this._getExistingOrDefaultContentTypeHeader(additionalHeaders, MediaTypes.ApplicationJson);
            const res = yield this.put(requestUrl, data, additionalHeaders);
            return this._processResponse(res, this.requestOptions);
        });
    }
    patchJson(requestUrl_1, obj_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, obj, additionalHeaders = {}) {
            const data = JSON.stringify(obj, null, 2);
            additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
            additionalHeaders[Headers.ContentType] =
                this._getExistingOrDefaultContentTypeHeader(additionalHeaders, MediaTypes.ApplicationJson);
            const res = yield this.patch(requestUrl, data, additionalHeaders);
            return this._processResponse(res, this.requestOptions);
        });
    }
    /**
     * Makes a raw http request.
     * All other methods such as get, post, patch, and request ultimately call this.
     * Prefer get, del, post and patch
     */
    request(verb, requestUrl, data, headers) {
        return __awaiter(this, void 0, void 0, function* () {
            if (this._disposed) {
                throw new Error('Client has already been disposed.');
            }
            const parsedUrl = new URL(requestUrl);
            let info = this._prepareRequest(verb, parsedUrl, headers);
            // Only perform retries on reads since writes may not be idempotent.
            const maxTries = this._allowRetries && RetryableHttpVerbs.includes(verb)
                ? this._maxRetries + 1
                : 1;
            let numTries = 0;
            let response;
            do {
                response = yield this.requestRaw(info, data);
                // Check if it's an authentication challenge
                if (response &&
                    response.message &&
                    response.message.statusCode === HttpCodes.Unauthorized) {
                    let authenticationHandler;
                    for (const handler of this.handlers) {
                        if (handler.canHandleAuthentication(response)) {
                            authenticationHandler = handler;
                            break;
                        }
                    }
                    if (authenticationHandler) {
                        return authenticationHandler.handleAuthentication(this, info, data);
                    }
                    else {
                        // We have received an unauthorized response but have no handlers to handle it.
                        // Let the response return to the caller.
                        return response;
                    }
                }
                let redirectsRemaining = this._maxRedirects;
                while (response.message.statusCode &&
                    HttpRedirectCodes.includes(response.message.statusCode) &&
                    this._allowRedirects &&
                    redirectsRemaining > 0) {
                    const redirectUrl = response.message.headers['location'];
                    if (!redirectUrl) {
                        // if there's no location to redirect to, we won't
                        break;
                    }
                    const parsedRedirectUrl = new URL(redirectUrl);
                    if (parsedUrl.protocol === 'https:' &&
                        parsedUrl.protocol !== parsedRedirectUrl.protocol &&
                        !this._allowRedirectDowngrade) {
                        throw new Error('Redirect from HTTPS to HTTP protocol. This downgrade is not allowed for security reasons. If you want to allow this behavior, set the allowRedirectDowngrade option to true.');
                    }
                    // we need to finish reading the response before reassigning response
                    // which will leak the open socket.
                    yield response.readBody();
                    // strip authorization header if redirected to a different hostname
                    if (parsedRedirectUrl.hostname !== parsedUrl.hostname) {
                        for (const header in headers) {
                            // header names are case insensitive
                            if (header.toLowerCase() === 'authorization') {
                                delete headers[header];
                            }
                        }
                    }
                    // let's make the request with the new redirectUrl
                    info = this._prepareRequest(verb, parsedRedirectUrl, headers);
                    response = yield this.requestRaw(info, data);
                    redirectsRemaining--;
                }
                if (!response.message.statusCode ||
                    !HttpResponseRetryCodes.includes(response.message.statusCode)) {
                    // If not a retry code, return immediately instead of retrying
                    return response;
                }
                numTries += 1;
                if (numTries < maxTries) {
                    yield response.readBody();
                    yield this._performExponentialBackoff(numTries);
                }
            } while (numTries < maxTries);
            return response;
        });
    }
    /**
     * Needs to be called if keepAlive is set to true in request options.
     */
    dispose() {
        if (this._agent) {
            this._agent.destroy();
        }
        this._disposed = true;
    }
    /**
     * Raw request.
     * @param info
     * @param data
     */
    requestRaw(info, data) {
        return __awaiter(this, void 0, void 0, function* () {
            return new Promise((resolve, reject) => {
                function callbackForResult(err, res) {
                    if (err) {
                        reject(err);
                    }
                    else if (!res) {
                        // If `err` is not passed, then `res` must be passed.
                        reject(new Error('Unknown error'));
                    }
                    else {
                        resolve(res);
                    }
                }
                this.requestRawWithCallback(info, data, callbackForResult);
            });
        });
    }
    /**
     * Raw request with callback.
     * @param info
     * @param data
     * @param onResult
     */
    requestRawWithCallback(info, data, onResult) {
        if (typeof data === 'string') {
            if (!info.options.headers) {
                info.options.headers = {};
            }
            info.options.headers['Content-Length'] = Buffer.byteLength(data, 'utf8');
        }
        let callbackCalled = false;
        function handleResult(err, res) {
            if (!callbackCalled) {
                callbackCalled = true;
                onResult(err, res);
            }
        }
        const req = info.httpModule.request(info.options, (msg) => {
            const res = new HttpClientResponse(msg);
            handleResult(undefined, res);
        });
        let socket;
        req.on('socket', sock => {
            socket = sock;
        });
        // If we ever get disconnected, we want the socket to timeout eventually
        req.setTimeout(this._socketTimeout || 3 * 60000, () => {
            if (socket) {
                socket.end();
            }
            handleResult(new Error(`Request timeout: ${info.options.path}`));
        });
        req.on('error', function (err) {
            // err has statusCode property
            // res should have headers
            handleResult(err);
        });
        if (data && typeof data === 'string') {
            req.write(data, 'utf8');
        }
        if (data && typeof data !== 'string') {
            data.on('close', function () {
                req.end();
            });
            data.pipe(req);
        }
        else {
            req.end();
        }
    }
    /**
     * Gets an http agent. This function is useful when you need an http agent that handles
     * routing through a proxy server - depending upon the url and proxy environment variables.
     * @param serverUrl  The server URL where the request will be sent. For example, https://api.github.com
     */
    getAgent(serverUrl) {
        const parsedUrl = new URL(serverUrl);
        return this._getAgent(parsedUrl);
    }
    getAgentDispatcher(serverUrl) {
        const parsedUrl = new URL(serverUrl);
        const proxyUrl = _proxy_js__WEBPACK_IMPORTED_MODULE_2__/* .getProxyUrl */ .s(parsedUrl);
        const useProxy = proxyUrl && proxyUrl.hostname;
        if (!useProxy) {
            return;
        }
        return this._getProxyAgentDispatcher(parsedUrl, proxyUrl);
    }
    _prepareRequest(method, requestUrl, headers) {
        const info = {};
        info.parsedUrl = requestUrl;
        const usingSsl = info.parsedUrl.protocol === 'https:';
        info.httpModule = usingSsl ? /*#__PURE__*/ (https__WEBPACK_IMPORTED_MODULE_1___namespace_cache || (https__WEBPACK_IMPORTED_MODULE_1___namespace_cache = __nccwpck_require__.t(https__WEBPACK_IMPORTED_MODULE_1__, 2))) : /*#__PURE__*/ (http__WEBPACK_IMPORTED_MODULE_0___namespace_cache || (http__WEBPACK_IMPORTED_MODULE_0___namespace_cache = __nccwpck_require__.t(http__WEBPACK_IMPORTED_MODULE_0__, 2)));
        const defaultPort = usingSsl ? 443 : 80;
        info.options = {};
        info.options.host = info.parsedUrl.hostname;
        info.options.port = info.parsedUrl.port
            ? parseInt(info.parsedUrl.port)
            : defaultPort;
        info.options.path =
            (info.parsedUrl.pathname || '') + (info.parsedUrl.search || '');
        info.options.method = method;
        info.options.headers = this._mergeHeaders(headers);
        if (this.userAgent != null) {
            info.options.headers['user-agent'] = this.userAgent;
        }
        info.options.agent = this._getAgent(info.parsedUrl);
        // gives handlers an opportunity to participate
        if (this.handlers) {
            for (const handler of this.handlers) {
                handler.prepareRequest(info.options);
            }
        }
        return info;
    }
    _mergeHeaders(headers) {
        if (this.requestOptions && this.requestOptions.headers) {
            return Object.assign({}, lowercaseKeys(this.requestOptions.headers), lowercaseKeys(headers || {}));
        }
        return lowercaseKeys(headers || {});
    }
    /**
     * Gets an existing header value or returns a default.
     * Handles converting number header values to strings since HTTP headers must be strings.
     * Note: This returns string | string[] since some headers can have multiple values.
     * For headers that must always be a single string (like Content-Type), use the
     * specialized _getExistingOrDefaultContentTypeHeader method instead.
     */
    _getExistingOrDefaultHeader(additionalHeaders, header, _default) {
        let clientHeader;
        if (this.requestOptions && this.requestOptions.headers) {
            const headerValue = lowercaseKeys(this.requestOptions.headers)[header];
            if (headerValue) {
                clientHeader =
                    typeof headerValue === 'number' ? headerValue.toString() : headerValue;
            }
        }
        const additionalValue = additionalHeaders[header];
        if (additionalValue !== undefined) {
            return typeof additionalValue === 'number'
                ? additionalValue.toString()
                : additionalValue;
        }
        if (clientHeader !== undefined) {
            return clientHeader;
        }
        return _default;
    }
    /**
     * Specialized version of _getExistingOrDefaultHeader for Content-Type header.
     * Always returns a single string (not an array) since Content-Type should be a single value.
     * Converts arrays to comma-separated strings and numbers to strings to ensure type safety.
     * This was split from _getExistingOrDefaultHeader to provide stricter typing for callers
     * that assign the result to places expecting a string (e.g., additionalHeaders[Headers.ContentType]).
     */
    _getExistingOrDefaultContentTypeHeader(additionalHeaders, _default) {
        let clientHeader;
        if (this.requestOptions && this.requestOptions.headers) {
            const headerValue = lowercaseKeys(this.requestOptions.headers)[Headers.ContentType];
            if (headerValue) {
                if (typeof headerValue === 'number') {
                    clientHeader = String(headerValue);
                }
                else if (Array.isArray(headerValue)) {
                    clientHeader = headerValue.join(', ');
                }
                else {
                    clientHeader = headerValue;
                }
            }
        }
        const additionalValue = additionalHeaders[Headers.ContentType];
        // Return the first non-undefined value, converting numbers or arrays to strings if necessary
        if (additionalValue !== undefined) {
            if (typeof additionalValue === 'number') {
                return String(additionalValue);
            }
            else if (Array.isArray(additionalValue)) {
                return additionalValue.join(', ');
            }
            else {
                return additionalValue;
            }
        }
        if (clientHeader !== undefined) {
            return clientHeader;
        }
        return _default;
    }
    _getAgent(parsedUrl) {
        let agent;
        const proxyUrl = _proxy_js__WEBPACK_IMPORTED_MODULE_2__/* .getProxyUrl */ .s(parsedUrl);
        const useProxy = proxyUrl && proxyUrl.hostname;
        if (this._keepAlive && useProxy) {
            agent = this._proxyAgent;
        }
        if (!useProxy) {
            agent = this._agent;
        }
        // if agent is already assigned use that agent.
        if (agent) {
            return agent;
        }
        const usingSsl = parsedUrl.protocol === 'https:';
        let maxSockets = 100;
        if (this.requestOptions) {
            maxSockets = this.requestOptions.maxSockets || http__WEBPACK_IMPORTED_MODULE_0__.globalAgent.maxSockets;
        }
        // This is `useProxy` again, but we need to check `proxyURl` directly for TypeScripts's flow analysis.
        if (proxyUrl && proxyUrl.hostname) {
            const agentOptions = {
                maxSockets,
                keepAlive: this._keepAlive,
                proxy: Object.assign(Object.assign({}, ((proxyUrl.username || proxyUrl.password) && {
                    proxyAuth: `${proxyUrl.username}:${proxyUrl.password}`
                })), { host: proxyUrl.hostname, port: proxyUrl.port })
            };
            let tunnelAgent;
            const overHttps = proxyUrl.protocol === 'https:';
            if (usingSsl) {
                tunnelAgent = overHttps ? tunnel__WEBPACK_IMPORTED_MODULE_3__.httpsOverHttps : tunnel__WEBPACK_IMPORTED_MODULE_3__.httpsOverHttp;
            }
            else {
                tunnelAgent = overHttps ? tunnel__WEBPACK_IMPORTED_MODULE_3__.httpOverHttps : tunnel__WEBPACK_IMPORTED_MODULE_3__.httpOverHttp;
            }
            agent = tunnelAgent(agentOptions);
            this._proxyAgent = agent;
        }
        // if tunneling agent isn't assigned create a new agent
        if (!agent) {
            const options = { keepAlive: this._keepAlive, maxSockets };
            agent = usingSsl ? new https__WEBPACK_IMPORTED_MODULE_1__.Agent(options) : new http__WEBPACK_IMPORTED_MODULE_0__.Agent(options);
            this._agent = agent;
        }
        if (usingSsl && this._ignoreSslError) {
            // we don't want to set NODE_TLS_REJECT_UNAUTHORIZED=0 since that will affect request for entire process
            // http.RequestOptions doesn't expose a way to modify RequestOptions.agent.options
            // we have to cast it to any and change it directly
            agent.options = Object.assign(agent.options || {}, {
                rejectUnauthorized: false
            });
        }
        return agent;
    }
    _getProxyAgentDispatcher(parsedUrl, proxyUrl) {
        let proxyAgent;
        if (this._keepAlive) {
            proxyAgent = this._proxyAgentDispatcher;
        }
        // if agent is already assigned use that agent.
        if (proxyAgent) {
            return proxyAgent;
        }
        const usingSsl = parsedUrl.protocol === 'https:';
        proxyAgent = new undici__WEBPACK_IMPORTED_MODULE_4__/* .ProxyAgent */ .k(Object.assign({ uri: proxyUrl.href, pipelining: !this._keepAlive ? 0 : 1 }, ((proxyUrl.username || proxyUrl.password) && {
            token: `Basic ${Buffer.from(`${proxyUrl.username}:${proxyUrl.password}`).toString('base64')}`
        })));
        this._proxyAgentDispatcher = proxyAgent;
        if (usingSsl && this._ignoreSslError) {
            // we don't want to set NODE_TLS_REJECT_UNAUTHORIZED=0 since that will affect request for entire process
            // http.RequestOptions doesn't expose a way to modify RequestOptions.agent.options
            // we have to cast it to any and change it directly
            proxyAgent.options = Object.assign(proxyAgent.options.requestTls || {}, {
                rejectUnauthorized: false
            });
        }
        return proxyAgent;
    }
    _getUserAgentWithOrchestrationId(userAgent) {
        const baseUserAgent = userAgent || 'actions/http-client';
        const orchId = process.env['ACTIONS_ORCHESTRATION_ID'];
        if (orchId) {
            // Sanitize the orchestration ID to ensure it contains only valid characters
            // Valid characters: 0-9, a-z, _, -, .
            const sanitizedId = orchId.replace(/[^a-z0-9_.-]/gi, '_');
            return `${baseUserAgent} actions_orchestration_id/${sanitizedId}`;
        }
        return baseUserAgent;
    }
    _performExponentialBackoff(retryNumber) {
        return __awaiter(this, void 0, void 0, function* () {
            retryNumber = Math.min(ExponentialBackoffCeiling, retryNumber);
            const ms = ExponentialBackoffTimeSlice * Math.pow(2, retryNumber);
            return new Promise(resolve => setTimeout(() => resolve(), ms));
        });
    }
    _processResponse(res, options) {
        return __awaiter(this, void 0, void 0, function* () {
            return new Promise((resolve, reject) => __awaiter(this, void 0, void 0, function* () {
                const statusCode = res.message.statusCode || 0;
                const response = {
                    statusCode,
                    result: null,
                    headers: {}
                };
                // not found leads to null obj returned
                if (statusCode === HttpCodes.NotFound) {
                    resolve(response);
                }
                // get the result from the body
                function dateTimeDeserializer(key, value) {
                    if (typeof value === 'string') {
                        const a = new Date(value);
                        if (!isNaN(a.valueOf())) {
                            return a;
                        }
                    }
                    return value;
                }
                let obj;
                let contents;
                try {
                    contents = yield res.readBody();
                    if (contents && contents.length > 0) {
                        if (options && options.deserializeDates) {
                            obj = JSON.parse(contents, dateTimeDeserializer);
                        }
                        else {
                            obj = JSON.parse(contents);
                        }
                        response.result = obj;
                    }
                    response.headers = res.message.headers;
                }
                catch (err) {
                    // Invalid resource (contents not json);  leaving result obj null
                }
                // note that 3xx redirects are handled by the http layer.
                if (statusCode > 299) {
                    let msg;
                    // if exception/error in body, attempt to get better error
                    if (obj && obj.message) {
                        msg = obj.message;
                    }
                    else if (contents && contents.length > 0) {
                        // it may be the case that the exception is in the body message as string
                        msg = contents;
                    }
                    else {
                        msg = `Failed request: (${statusCode})`;
                    }
                    const err = new HttpClientError(msg, statusCode);
                    err.result = response.result;
                    reject(err);
                }
                else {
                    resolve(response);
                }
            }));
        });
    }
}
const lowercaseKeys = (obj) => Object.keys(obj).reduce((c, k) => ((c[k.toLowerCase()] = obj[k]), c), {});
//# sourceMappingURL=index.js.map

/***/ }),

/***/ 783:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

"use strict";
/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   H: () => (/* binding */ checkBypass),
/* harmony export */   s: () => (/* binding */ getProxyUrl)
/* harmony export */ });
function getProxyUrl(reqUrl) {
    const usingSsl = reqUrl.protocol === 'https:';
    if (checkBypass(reqUrl)) {
        return undefined;
    }
    const proxyVar = (() => {
        if (usingSsl) {
            return process.env['https_proxy'] || process.env['HTTPS_PROXY'];
        }
        else {
            return process.env['http_proxy'] || process.env['HTTP_PROXY'];
        }
    })();
    if (proxyVar) {
        try {
            return new DecodedURL(proxyVar);
        }
        catch (_a) {
            if (!proxyVar.startsWith('http://') && !proxyVar.startsWith('https://'))
                return new DecodedURL(`http://${proxyVar}`);
        }
    }
    else {
        return undefined;
    }
}
function checkBypass(reqUrl) {
    if (!reqUrl.hostname) {
        return false;
    }
    const reqHost = reqUrl.hostname;
    if (isLoopbackAddress(reqHost)) {
        return true;
    }
    const noProxy = process.env['no_proxy'] || process.env['NO_PROXY'] || '';
    if (!noProxy) {
        return false;
    }
    // Determine the request port
    let reqPort;
    if (reqUrl.port) {
        reqPort = Number(reqUrl.port);
    }
    else if (reqUrl.protocol === 'http:') {
        reqPort = 80;
    }
    else if (reqUrl.protocol === 'https:') {
        reqPort = 443;
    }
    // Format the request hostname and hostname with port
    const upperReqHosts = [reqUrl.hostname.toUpperCase()];
    if (typeof reqPort === 'number') {
        upperReqHosts.push(`${upperReqHosts[0]}:${reqPort}`);
    }
    // Compare request host against noproxy
    for (const upperNoProxyItem of noProxy
        .split(',')
        .map(x => x.trim().toUpperCase())
        .filter(x => x)) {
        if (upperNoProxyItem === '*' ||
            upperReqHosts.some(x => x === upperNoProxyItem ||
                x.endsWith(`.${upperNoProxyItem}`) ||
                (upperNoProxyItem.startsWith('.') &&
                    x.endsWith(`${upperNoProxyItem}`)))) {
            return true;
        }
    }
    return false;
}
function isLoopbackAddress(host) {
    const hostLower = host.toLowerCase();
    return (hostLower === 'localhost' ||
        hostLower.startsWith('127.') ||
        hostLower.startsWith('[::1]') ||
        hostLower.startsWith('[0:0:0:0:0:0:0:1]'));
}
class DecodedURL extends URL {
    constructor(url, base) {
        super(url, base);
        this._decodedUsername = decodeURIComponent(super.username);
        this._decodedPassword = decodeURIComponent(super.password);
    }
    get username() {
        return this._decodedUsername;
    }
    get password() {
        return this._decodedPassword;
    }
}
//# sourceMappingURL=proxy.js.map

/***/ }),

/***/ 87:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

"use strict";
/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   h: () => (/* binding */ fetch),
/* harmony export */   k: () => (/* binding */ ProxyAgent)
/* harmony export */ });
/**
 * Stands in for the package undici. @actions/http-client imports it for `getAgentDispatcher()`, and @actions/github for
 * the fetch it gives Octokit by default; this action calls neither: its requests go through node:http, its proxies
 * through `tunnel`, and Octokit is given a fetch of our own. The real package is 940 kB of every bundle and a third of
 * every start. docs/ARCHITECTURE.md says how to put it back.
 */
function absent() {
  const message = 'undici is left out of this action; see docs/ARCHITECTURE.md';
  throw Object.assign(new Error(message), { code: 'ERR_LEFT_OUT' });
}

class ProxyAgent {
  constructor() {
    absent();
  }
}

const fetch = absent;


/***/ })

/******/ 	});
/************************************************************************/
/******/ 	// The module cache
/******/ 	var __webpack_module_cache__ = {};
/******/ 	
/******/ 	// The require function
/******/ 	function __nccwpck_require__(moduleId) {
/******/ 		// Check if module is in cache
/******/ 		var cachedModule = __webpack_module_cache__[moduleId];
/******/ 		if (cachedModule !== undefined) {
/******/ 			return cachedModule.exports;
/******/ 		}
/******/ 		// Create a new module (and put it into the cache)
/******/ 		var module = __webpack_module_cache__[moduleId] = {
/******/ 			// no module.id needed
/******/ 			// no module.loaded needed
/******/ 			exports: {}
/******/ 		};
/******/ 	
/******/ 		// Execute the module function
/******/ 		var threw = true;
/******/ 		try {
/******/ 			__webpack_modules__[moduleId](module, module.exports, __nccwpck_require__);
/******/ 			threw = false;
/******/ 		} finally {
/******/ 			if(threw) delete __webpack_module_cache__[moduleId];
/******/ 		}
/******/ 	
/******/ 		// Return the exports of the module
/******/ 		return module.exports;
/******/ 	}
/******/ 	
/******/ 	// expose the modules object (__webpack_modules__)
/******/ 	__nccwpck_require__.m = __webpack_modules__;
/******/ 	
/************************************************************************/
/******/ 	/* webpack/runtime/asset-relocator-loader */
/******/ 	if (typeof __nccwpck_require__ !== 'undefined') __nccwpck_require__.ab = __dirname + "/";
/******/ 	
/******/ 	/* webpack/runtime/compat get default export */
/******/ 	(() => {
/******/ 		// getDefaultExport function for compatibility with non-harmony modules
/******/ 		__nccwpck_require__.n = (module) => {
/******/ 			var getter = module && module.__esModule ?
/******/ 				() => (module['default']) :
/******/ 				() => (module);
/******/ 			__nccwpck_require__.d(getter, { a: getter });
/******/ 			return getter;
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/create fake namespace object */
/******/ 	(() => {
/******/ 		var getProto = Object.getPrototypeOf ? (obj) => (Object.getPrototypeOf(obj)) : (obj) => (obj.__proto__);
/******/ 		var leafPrototypes;
/******/ 		// create a fake namespace object
/******/ 		// mode & 1: value is a module id, require it
/******/ 		// mode & 2: merge all properties of value into the ns
/******/ 		// mode & 4: return value when already ns object
/******/ 		// mode & 16: return value when it's Promise-like
/******/ 		// mode & 8|1: behave like require
/******/ 		__nccwpck_require__.t = function(value, mode) {
/******/ 			if(mode & 1) value = this(value);
/******/ 			if(mode & 8) return value;
/******/ 			if(typeof value === 'object' && value) {
/******/ 				if((mode & 4) && value.__esModule) return value;
/******/ 				if((mode & 16) && typeof value.then === 'function') return value;
/******/ 			}
/******/ 			var ns = Object.create(null);
/******/ 			__nccwpck_require__.r(ns);
/******/ 			var def = {};
/******/ 			leafPrototypes = leafPrototypes || [null, getProto({}), getProto([]), getProto(getProto)];
/******/ 			for(var current = mode & 2 && value; typeof current == 'object' && !~leafPrototypes.indexOf(current); current = getProto(current)) {
/******/ 				Object.getOwnPropertyNames(current).forEach((key) => (def[key] = () => (value[key])));
/******/ 			}
/******/ 			def['default'] = () => (value);
/******/ 			__nccwpck_require__.d(ns, def);
/******/ 			return ns;
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/define property getters */
/******/ 	(() => {
/******/ 		// define getter functions for harmony exports
/******/ 		__nccwpck_require__.d = (exports, definition) => {
/******/ 			for(var key in definition) {
/******/ 				if(__nccwpck_require__.o(definition, key) && !__nccwpck_require__.o(exports, key)) {
/******/ 					Object.defineProperty(exports, key, { enumerable: true, get: definition[key] });
/******/ 				}
/******/ 			}
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/ensure chunk */
/******/ 	(() => {
/******/ 		__nccwpck_require__.f = {};
/******/ 		// This file contains only the entry chunk.
/******/ 		// The chunk loading function for additional chunks
/******/ 		__nccwpck_require__.e = (chunkId) => {
/******/ 			return Promise.all(Object.keys(__nccwpck_require__.f).reduce((promises, key) => {
/******/ 				__nccwpck_require__.f[key](chunkId, promises);
/******/ 				return promises;
/******/ 			}, []));
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/get javascript chunk filename */
/******/ 	(() => {
/******/ 		// This function allow to reference async chunks
/******/ 		__nccwpck_require__.u = (chunkId) => {
/******/ 			// return url for filenames based on template
/******/ 			return "" + chunkId + ".index.js";
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/hasOwnProperty shorthand */
/******/ 	(() => {
/******/ 		__nccwpck_require__.o = (obj, prop) => (Object.prototype.hasOwnProperty.call(obj, prop))
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/make namespace object */
/******/ 	(() => {
/******/ 		// define __esModule on exports
/******/ 		__nccwpck_require__.r = (exports) => {
/******/ 			if(typeof Symbol !== 'undefined' && Symbol.toStringTag) {
/******/ 				Object.defineProperty(exports, Symbol.toStringTag, { value: 'Module' });
/******/ 			}
/******/ 			Object.defineProperty(exports, '__esModule', { value: true });
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/require chunk loading */
/******/ 	(() => {
/******/ 		// no baseURI
/******/ 		
/******/ 		// object to store loaded chunks
/******/ 		// "1" means "loaded", otherwise not loaded yet
/******/ 		var installedChunks = {
/******/ 			792: 1
/******/ 		};
/******/ 		
/******/ 		// no on chunks loaded
/******/ 		
/******/ 		var installChunk = (chunk) => {
/******/ 			var moreModules = chunk.modules, chunkIds = chunk.ids, runtime = chunk.runtime;
/******/ 			for(var moduleId in moreModules) {
/******/ 				if(__nccwpck_require__.o(moreModules, moduleId)) {
/******/ 					__nccwpck_require__.m[moduleId] = moreModules[moduleId];
/******/ 				}
/******/ 			}
/******/ 			if(runtime) runtime(__nccwpck_require__);
/******/ 			for(var i = 0; i < chunkIds.length; i++)
/******/ 				installedChunks[chunkIds[i]] = 1;
/******/ 		
/******/ 		};
/******/ 		
/******/ 		// require() chunk loading for javascript
/******/ 		__nccwpck_require__.f.require = (chunkId, promises) => {
/******/ 			// "1" is the signal for "already loaded"
/******/ 			if(!installedChunks[chunkId]) {
/******/ 				if(true) { // all chunks have JS
/******/ 					installChunk(require("./" + __nccwpck_require__.u(chunkId)));
/******/ 				} else installedChunks[chunkId] = 1;
/******/ 			}
/******/ 		};
/******/ 		
/******/ 		// no external install chunk
/******/ 		
/******/ 		// no HMR
/******/ 		
/******/ 		// no HMR manifest
/******/ 	})();
/******/ 	
/************************************************************************/
var __webpack_exports__ = {};
// This entry need to be wrapped in an IIFE because it need to be in strict mode.
(() => {
"use strict";

// NAMESPACE OBJECT: ./node_modules/@actions/core/lib/platform.js
var platform_namespaceObject = {};
__nccwpck_require__.r(platform_namespaceObject);
__nccwpck_require__.d(platform_namespaceObject, {
  arch: () => (arch),
  getDetails: () => (getDetails),
  isLinux: () => (isLinux),
  isMacOS: () => (isMacOS),
  isWindows: () => (isWindows),
  platform: () => (platform)
});

// NAMESPACE OBJECT: ./node_modules/@actions/core/lib/core.js
var core_namespaceObject = {};
__nccwpck_require__.r(core_namespaceObject);
__nccwpck_require__.d(core_namespaceObject, {
  ExitCode: () => (ExitCode),
  addPath: () => (addPath),
  debug: () => (debug),
  endGroup: () => (endGroup),
  error: () => (error),
  exportVariable: () => (exportVariable),
  getBooleanInput: () => (getBooleanInput),
  getIDToken: () => (getIDToken),
  getInput: () => (getInput),
  getMultilineInput: () => (getMultilineInput),
  getState: () => (getState),
  group: () => (group),
  info: () => (info),
  isDebug: () => (isDebug),
  markdownSummary: () => (markdownSummary),
  notice: () => (notice),
  platform: () => (platform_namespaceObject),
  saveState: () => (saveState),
  setCommandEcho: () => (setCommandEcho),
  setFailed: () => (setFailed),
  setOutput: () => (setOutput),
  setSecret: () => (setSecret),
  startGroup: () => (startGroup),
  summary: () => (summary),
  toPlatformPath: () => (toPlatformPath),
  toPosixPath: () => (toPosixPath),
  toWin32Path: () => (toWin32Path),
  warning: () => (warning)
});

// EXTERNAL MODULE: external "os"
var external_os_ = __nccwpck_require__(857);
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/utils.js
// We use any as a valid input type
/* eslint-disable @typescript-eslint/no-explicit-any */
/**
 * Sanitizes an input into a string so it can be passed into issueCommand safely
 * @param input input to sanitize into a string
 */
function toCommandValue(input) {
    if (input === null || input === undefined) {
        return '';
    }
    else if (typeof input === 'string' || input instanceof String) {
        return input;
    }
    return JSON.stringify(input);
}
/**
 *
 * @param annotationProperties
 * @returns The command properties to send with the actual annotation command
 * See IssueCommandProperties: https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionCommandManager.cs#L646
 */
function toCommandProperties(annotationProperties) {
    if (!Object.keys(annotationProperties).length) {
        return {};
    }
    return {
        title: annotationProperties.title,
        file: annotationProperties.file,
        line: annotationProperties.startLine,
        endLine: annotationProperties.endLine,
        col: annotationProperties.startColumn,
        endColumn: annotationProperties.endColumn
    };
}
//# sourceMappingURL=utils.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/command.js


/**
 * Issues a command to the GitHub Actions runner
 *
 * @param command - The command name to issue
 * @param properties - Additional properties for the command (key-value pairs)
 * @param message - The message to include with the command
 * @remarks
 * This function outputs a specially formatted string to stdout that the Actions
 * runner interprets as a command. These commands can control workflow behavior,
 * set outputs, create annotations, mask values, and more.
 *
 * Command Format:
 *   ::name key=value,key=value::message
 *
 * @example
 * ```typescript
 * // Issue a warning annotation
 * issueCommand('warning', {}, 'This is a warning message');
 * // Output: ::warning::This is a warning message
 *
 * // Set an environment variable
 * issueCommand('set-env', { name: 'MY_VAR' }, 'some value');
 * // Output: ::set-env name=MY_VAR::some value
 *
 * // Add a secret mask
 * issueCommand('add-mask', {}, 'secretValue123');
 * // Output: ::add-mask::secretValue123
 * ```
 *
 * @internal
 * This is an internal utility function that powers the public API functions
 * such as setSecret, warning, error, and exportVariable.
 */
function issueCommand(command, properties, message) {
    const cmd = new Command(command, properties, message);
    process.stdout.write(cmd.toString() + external_os_.EOL);
}
function issue(name, message = '') {
    issueCommand(name, {}, message);
}
const CMD_STRING = '::';
class Command {
    constructor(command, properties, message) {
        if (!command) {
            command = 'missing.command';
        }
        this.command = command;
        this.properties = properties;
        this.message = message;
    }
    toString() {
        let cmdStr = CMD_STRING + this.command;
        if (this.properties && Object.keys(this.properties).length > 0) {
            cmdStr += ' ';
            let first = true;
            for (const key in this.properties) {
                if (this.properties.hasOwnProperty(key)) {
                    const val = this.properties[key];
                    if (val) {
                        if (first) {
                            first = false;
                        }
                        else {
                            cmdStr += ',';
                        }
                        cmdStr += `${key}=${escapeProperty(val)}`;
                    }
                }
            }
        }
        cmdStr += `${CMD_STRING}${escapeData(this.message)}`;
        return cmdStr;
    }
}
function escapeData(s) {
    return toCommandValue(s)
        .replace(/%/g, '%25')
        .replace(/\r/g, '%0D')
        .replace(/\n/g, '%0A');
}
function escapeProperty(s) {
    return toCommandValue(s)
        .replace(/%/g, '%25')
        .replace(/\r/g, '%0D')
        .replace(/\n/g, '%0A')
        .replace(/:/g, '%3A')
        .replace(/,/g, '%2C');
}
//# sourceMappingURL=command.js.map
;// CONCATENATED MODULE: external "crypto"
const external_crypto_namespaceObject = require("crypto");
// EXTERNAL MODULE: external "fs"
var external_fs_ = __nccwpck_require__(896);
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/file-command.js
// For internal use, subject to change.
// We use any as a valid input type
/* eslint-disable @typescript-eslint/no-explicit-any */




function issueFileCommand(command, message) {
    const filePath = process.env[`GITHUB_${command}`];
    if (!filePath) {
        throw new Error(`Unable to find environment variable for file command ${command}`);
    }
    if (!external_fs_.existsSync(filePath)) {
        throw new Error(`Missing file at path: ${filePath}`);
    }
    external_fs_.appendFileSync(filePath, `${toCommandValue(message)}${external_os_.EOL}`, {
        encoding: 'utf8'
    });
}
function prepareKeyValueMessage(key, value) {
    const delimiter = `ghadelimiter_${external_crypto_namespaceObject.randomUUID()}`;
    const convertedValue = toCommandValue(value);
    // These should realistically never happen, but just in case someone finds a
    // way to exploit uuid generation let's not allow keys or values that contain
    // the delimiter.
    if (key.includes(delimiter)) {
        throw new Error(`Unexpected input: name should not contain the delimiter "${delimiter}"`);
    }
    if (convertedValue.includes(delimiter)) {
        throw new Error(`Unexpected input: value should not contain the delimiter "${delimiter}"`);
    }
    return `${key}<<${delimiter}${external_os_.EOL}${convertedValue}${external_os_.EOL}${delimiter}`;
}
//# sourceMappingURL=file-command.js.map
;// CONCATENATED MODULE: external "path"
const external_path_namespaceObject = require("path");
// EXTERNAL MODULE: ./node_modules/@actions/http-client/lib/index.js
var lib = __nccwpck_require__(779);
;// CONCATENATED MODULE: ./node_modules/@actions/http-client/lib/auth.js
var __awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};
class BasicCredentialHandler {
    constructor(username, password) {
        this.username = username;
        this.password = password;
    }
    prepareRequest(options) {
        if (!options.headers) {
            throw Error('The request has no headers');
        }
        options.headers['Authorization'] = `Basic ${Buffer.from(`${this.username}:${this.password}`).toString('base64')}`;
    }
    // This handler cannot handle 401
    canHandleAuthentication() {
        return false;
    }
    handleAuthentication() {
        return __awaiter(this, void 0, void 0, function* () {
            throw new Error('not implemented');
        });
    }
}
class BearerCredentialHandler {
    constructor(token) {
        this.token = token;
    }
    // currently implements pre-authorization
    // TODO: support preAuth = false where it hooks on 401
    prepareRequest(options) {
        if (!options.headers) {
            throw Error('The request has no headers');
        }
        options.headers['Authorization'] = `Bearer ${this.token}`;
    }
    // This handler cannot handle 401
    canHandleAuthentication() {
        return false;
    }
    handleAuthentication() {
        return __awaiter(this, void 0, void 0, function* () {
            throw new Error('not implemented');
        });
    }
}
class PersonalAccessTokenCredentialHandler {
    constructor(token) {
        this.token = token;
    }
    // currently implements pre-authorization
    // TODO: support preAuth = false where it hooks on 401
    prepareRequest(options) {
        if (!options.headers) {
            throw Error('The request has no headers');
        }
        options.headers['Authorization'] = `Basic ${Buffer.from(`PAT:${this.token}`).toString('base64')}`;
    }
    // This handler cannot handle 401
    canHandleAuthentication() {
        return false;
    }
    handleAuthentication() {
        return __awaiter(this, void 0, void 0, function* () {
            throw new Error('not implemented');
        });
    }
}
//# sourceMappingURL=auth.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/oidc-utils.js
var oidc_utils_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};



class OidcClient {
    static createHttpClient(allowRetry = true, maxRetry = 10) {
        const requestOptions = {
            allowRetries: allowRetry,
            maxRetries: maxRetry
        };
        return new lib/* HttpClient */.Qq('actions/oidc-client', [new BearerCredentialHandler(OidcClient.getRequestToken())], requestOptions);
    }
    static getRequestToken() {
        const token = process.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'];
        if (!token) {
            throw new Error('Unable to get ACTIONS_ID_TOKEN_REQUEST_TOKEN env variable');
        }
        return token;
    }
    static getIDTokenUrl() {
        const runtimeUrl = process.env['ACTIONS_ID_TOKEN_REQUEST_URL'];
        if (!runtimeUrl) {
            throw new Error('Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable');
        }
        return runtimeUrl;
    }
    static getCall(id_token_url) {
        return oidc_utils_awaiter(this, void 0, void 0, function* () {
            var _a;
            const httpclient = OidcClient.createHttpClient();
            const res = yield httpclient
                .getJson(id_token_url)
                .catch(error => {
                throw new Error(`Failed to get ID Token. \n 
        Error Code : ${error.statusCode}\n 
        Error Message: ${error.message}`);
            });
            const id_token = (_a = res.result) === null || _a === void 0 ? void 0 : _a.value;
            if (!id_token) {
                throw new Error('Response json body do not have ID Token field');
            }
            return id_token;
        });
    }
    static getIDToken(audience) {
        return oidc_utils_awaiter(this, void 0, void 0, function* () {
            try {
                // New ID Token is requested from action service
                let id_token_url = OidcClient.getIDTokenUrl();
                if (audience) {
                    const encodedAudience = encodeURIComponent(audience);
                    id_token_url = `${id_token_url}&audience=${encodedAudience}`;
                }
                debug(`ID token url is ${id_token_url}`);
                const id_token = yield OidcClient.getCall(id_token_url);
                setSecret(id_token);
                return id_token;
            }
            catch (error) {
                throw new Error(`Error message: ${error.message}`);
            }
        });
    }
}
//# sourceMappingURL=oidc-utils.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/summary.js
var summary_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};


const { access, appendFile, writeFile } = external_fs_.promises;
const SUMMARY_ENV_VAR = 'GITHUB_STEP_SUMMARY';
const SUMMARY_DOCS_URL = 'https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions#adding-a-job-summary';
class Summary {
    constructor() {
        this._buffer = '';
    }
    /**
     * Finds the summary file path from the environment, rejects if env var is not found or file does not exist
     * Also checks r/w permissions.
     *
     * @returns step summary file path
     */
    filePath() {
        return summary_awaiter(this, void 0, void 0, function* () {
            if (this._filePath) {
                return this._filePath;
            }
            const pathFromEnv = process.env[SUMMARY_ENV_VAR];
            if (!pathFromEnv) {
                throw new Error(`Unable to find environment variable for $${SUMMARY_ENV_VAR}. Check if your runtime environment supports job summaries.`);
            }
            try {
                yield access(pathFromEnv, external_fs_.constants.R_OK | external_fs_.constants.W_OK);
            }
            catch (_a) {
                throw new Error(`Unable to access summary file: '${pathFromEnv}'. Check if the file has correct read/write permissions.`);
            }
            this._filePath = pathFromEnv;
            return this._filePath;
        });
    }
    /**
     * Wraps content in an HTML tag, adding any HTML attributes
     *
     * @param {string} tag HTML tag to wrap
     * @param {string | null} content content within the tag
     * @param {[attribute: string]: string} attrs key-value list of HTML attributes to add
     *
     * @returns {string} content wrapped in HTML element
     */
    wrap(tag, content, attrs = {}) {
        const htmlAttrs = Object.entries(attrs)
            .map(([key, value]) => ` ${key}="${value}"`)
            .join('');
        if (!content) {
            return `<${tag}${htmlAttrs}>`;
        }
        return `<${tag}${htmlAttrs}>${content}</${tag}>`;
    }
    /**
     * Writes text in the buffer to the summary buffer file and empties buffer. Will append by default.
     *
     * @param {SummaryWriteOptions} [options] (optional) options for write operation
     *
     * @returns {Promise<Summary>} summary instance
     */
    write(options) {
        return summary_awaiter(this, void 0, void 0, function* () {
            const overwrite = !!(options === null || options === void 0 ? void 0 : options.overwrite);
            const filePath = yield this.filePath();
            const writeFunc = overwrite ? writeFile : appendFile;
            yield writeFunc(filePath, this._buffer, { encoding: 'utf8' });
            return this.emptyBuffer();
        });
    }
    /**
     * Clears the summary buffer and wipes the summary file
     *
     * @returns {Summary} summary instance
     */
    clear() {
        return summary_awaiter(this, void 0, void 0, function* () {
            return this.emptyBuffer().write({ overwrite: true });
        });
    }
    /**
     * Returns the current summary buffer as a string
     *
     * @returns {string} string of summary buffer
     */
    stringify() {
        return this._buffer;
    }
    /**
     * If the summary buffer is empty
     *
     * @returns {boolen} true if the buffer is empty
     */
    isEmptyBuffer() {
        return this._buffer.length === 0;
    }
    /**
     * Resets the summary buffer without writing to summary file
     *
     * @returns {Summary} summary instance
     */
    emptyBuffer() {
        this._buffer = '';
        return this;
    }
    /**
     * Adds raw text to the summary buffer
     *
     * @param {string} text content to add
     * @param {boolean} [addEOL=false] (optional) append an EOL to the raw text (default: false)
     *
     * @returns {Summary} summary instance
     */
    addRaw(text, addEOL = false) {
        this._buffer += text;
        return addEOL ? this.addEOL() : this;
    }
    /**
     * Adds the operating system-specific end-of-line marker to the buffer
     *
     * @returns {Summary} summary instance
     */
    addEOL() {
        return this.addRaw(external_os_.EOL);
    }
    /**
     * Adds an HTML codeblock to the summary buffer
     *
     * @param {string} code content to render within fenced code block
     * @param {string} lang (optional) language to syntax highlight code
     *
     * @returns {Summary} summary instance
     */
    addCodeBlock(code, lang) {
        const attrs = Object.assign({}, (lang && { lang }));
        const element = this.wrap('pre', this.wrap('code', code), attrs);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML list to the summary buffer
     *
     * @param {string[]} items list of items to render
     * @param {boolean} [ordered=false] (optional) if the rendered list should be ordered or not (default: false)
     *
     * @returns {Summary} summary instance
     */
    addList(items, ordered = false) {
        const tag = ordered ? 'ol' : 'ul';
        const listItems = items.map(item => this.wrap('li', item)).join('');
        const element = this.wrap(tag, listItems);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML table to the summary buffer
     *
     * @param {SummaryTableCell[]} rows table rows
     *
     * @returns {Summary} summary instance
     */
    addTable(rows) {
        const tableBody = rows
            .map(row => {
            const cells = row
                .map(cell => {
                if (typeof cell === 'string') {
                    return this.wrap('td', cell);
                }
                const { header, data, colspan, rowspan } = cell;
                const tag = header ? 'th' : 'td';
                const attrs = Object.assign(Object.assign({}, (colspan && { colspan })), (rowspan && { rowspan }));
                return this.wrap(tag, data, attrs);
            })
                .join('');
            return this.wrap('tr', cells);
        })
            .join('');
        const element = this.wrap('table', tableBody);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds a collapsable HTML details element to the summary buffer
     *
     * @param {string} label text for the closed state
     * @param {string} content collapsable content
     *
     * @returns {Summary} summary instance
     */
    addDetails(label, content) {
        const element = this.wrap('details', this.wrap('summary', label) + content);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML image tag to the summary buffer
     *
     * @param {string} src path to the image you to embed
     * @param {string} alt text description of the image
     * @param {SummaryImageOptions} options (optional) addition image attributes
     *
     * @returns {Summary} summary instance
     */
    addImage(src, alt, options) {
        const { width, height } = options || {};
        const attrs = Object.assign(Object.assign({}, (width && { width })), (height && { height }));
        const element = this.wrap('img', null, Object.assign({ src, alt }, attrs));
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML section heading element
     *
     * @param {string} text heading text
     * @param {number | string} [level=1] (optional) the heading level, default: 1
     *
     * @returns {Summary} summary instance
     */
    addHeading(text, level) {
        const tag = `h${level}`;
        const allowedTag = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].includes(tag)
            ? tag
            : 'h1';
        const element = this.wrap(allowedTag, text);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML thematic break (<hr>) to the summary buffer
     *
     * @returns {Summary} summary instance
     */
    addSeparator() {
        const element = this.wrap('hr', null);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML line break (<br>) to the summary buffer
     *
     * @returns {Summary} summary instance
     */
    addBreak() {
        const element = this.wrap('br', null);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML blockquote to the summary buffer
     *
     * @param {string} text quote text
     * @param {string} cite (optional) citation url
     *
     * @returns {Summary} summary instance
     */
    addQuote(text, cite) {
        const attrs = Object.assign({}, (cite && { cite }));
        const element = this.wrap('blockquote', text, attrs);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML anchor tag to the summary buffer
     *
     * @param {string} text link text/content
     * @param {string} href hyperlink
     *
     * @returns {Summary} summary instance
     */
    addLink(text, href) {
        const element = this.wrap('a', text, { href });
        return this.addRaw(element).addEOL();
    }
}
const _summary = new Summary();
/**
 * @deprecated use `core.summary`
 */
const markdownSummary = _summary;
const summary = _summary;
//# sourceMappingURL=summary.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/path-utils.js

/**
 * toPosixPath converts the given path to the posix form. On Windows, \\ will be
 * replaced with /.
 *
 * @param pth. Path to transform.
 * @return string Posix path.
 */
function toPosixPath(pth) {
    return pth.replace(/[\\]/g, '/');
}
/**
 * toWin32Path converts the given path to the win32 form. On Linux, / will be
 * replaced with \\.
 *
 * @param pth. Path to transform.
 * @return string Win32 path.
 */
function toWin32Path(pth) {
    return pth.replace(/[/]/g, '\\');
}
/**
 * toPlatformPath converts the given path to a platform-specific path. It does
 * this by replacing instances of / and \ with the platform-specific path
 * separator.
 *
 * @param pth The path to platformize.
 * @return string The platform-specific path.
 */
function toPlatformPath(pth) {
    return pth.replace(/[/\\]/g, external_path_namespaceObject.sep);
}
//# sourceMappingURL=path-utils.js.map
;// CONCATENATED MODULE: ./shims/actions-exec/index.js
/**
 * Stands in for the package @actions/exec. @actions/core imports it for `platform.getDetails()`, which starts a process
 * to learn the name of the system; this action never calls that, and without the package it can't start a process at
 * all. docs/ARCHITECTURE.md says how to put it back.
 */
async function getExecOutput() {
  const message = '@actions/exec is left out of this action; see docs/ARCHITECTURE.md';
  throw Object.assign(new Error(message), { code: 'ERR_LEFT_OUT' });
}

;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/platform.js
var platform_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};


const getWindowsInfo = () => platform_awaiter(void 0, void 0, void 0, function* () {
    const { stdout: version } = yield getExecOutput('powershell -command "(Get-CimInstance -ClassName Win32_OperatingSystem).Version"', undefined, {
        silent: true
    });
    const { stdout: name } = yield getExecOutput('powershell -command "(Get-CimInstance -ClassName Win32_OperatingSystem).Caption"', undefined, {
        silent: true
    });
    return {
        name: name.trim(),
        version: version.trim()
    };
});
const getMacOsInfo = () => platform_awaiter(void 0, void 0, void 0, function* () {
    var _a, _b, _c, _d;
    const { stdout } = yield getExecOutput('sw_vers', undefined, {
        silent: true
    });
    const version = (_b = (_a = stdout.match(/ProductVersion:\s*(.+)/)) === null || _a === void 0 ? void 0 : _a[1]) !== null && _b !== void 0 ? _b : '';
    const name = (_d = (_c = stdout.match(/ProductName:\s*(.+)/)) === null || _c === void 0 ? void 0 : _c[1]) !== null && _d !== void 0 ? _d : '';
    return {
        name,
        version
    };
});
const getLinuxInfo = () => platform_awaiter(void 0, void 0, void 0, function* () {
    const { stdout } = yield getExecOutput('lsb_release', ['-i', '-r', '-s'], {
        silent: true
    });
    const [name, version] = stdout.trim().split('\n');
    return {
        name,
        version
    };
});
const platform = external_os_.platform();
const arch = external_os_.arch();
const isWindows = platform === 'win32';
const isMacOS = platform === 'darwin';
const isLinux = platform === 'linux';
function getDetails() {
    return platform_awaiter(this, void 0, void 0, function* () {
        return Object.assign(Object.assign({}, (yield (isWindows
            ? getWindowsInfo()
            : isMacOS
                ? getMacOsInfo()
                : getLinuxInfo()))), { platform,
            arch,
            isWindows,
            isMacOS,
            isLinux });
    });
}
//# sourceMappingURL=platform.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/core.js
var core_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};






/**
 * The code to exit an action
 */
var ExitCode;
(function (ExitCode) {
    /**
     * A code indicating that the action was successful
     */
    ExitCode[ExitCode["Success"] = 0] = "Success";
    /**
     * A code indicating that the action was a failure
     */
    ExitCode[ExitCode["Failure"] = 1] = "Failure";
})(ExitCode || (ExitCode = {}));
//-----------------------------------------------------------------------
// Variables
//-----------------------------------------------------------------------
/**
 * Sets env variable for this action and future actions in the job
 * @param name the name of the variable to set
 * @param val the value of the variable. Non-string values will be converted to a string via JSON.stringify
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function exportVariable(name, val) {
    const convertedVal = toCommandValue(val);
    process.env[name] = convertedVal;
    const filePath = process.env['GITHUB_ENV'] || '';
    if (filePath) {
        return issueFileCommand('ENV', prepareKeyValueMessage(name, val));
    }
    issueCommand('set-env', { name }, convertedVal);
}
/**
 * Registers a secret which will get masked from logs
 *
 * @param secret - Value of the secret to be masked
 * @remarks
 * This function instructs the Actions runner to mask the specified value in any
 * logs produced during the workflow run. Once registered, the secret value will
 * be replaced with asterisks (***) whenever it appears in console output, logs,
 * or error messages.
 *
 * This is useful for protecting sensitive information such as:
 * - API keys
 * - Access tokens
 * - Authentication credentials
 * - URL parameters containing signatures (SAS tokens)
 *
 * Note that masking only affects future logs; any previous appearances of the
 * secret in logs before calling this function will remain unmasked.
 *
 * @example
 * ```typescript
 * // Register an API token as a secret
 * const apiToken = "abc123xyz456";
 * setSecret(apiToken);
 *
 * // Now any logs containing this value will show *** instead
 * console.log(`Using token: ${apiToken}`); // Outputs: "Using token: ***"
 * ```
 */
function setSecret(secret) {
    issueCommand('add-mask', {}, secret);
}
/**
 * Prepends inputPath to the PATH (for this action and future actions)
 * @param inputPath
 */
function addPath(inputPath) {
    const filePath = process.env['GITHUB_PATH'] || '';
    if (filePath) {
        issueFileCommand('PATH', inputPath);
    }
    else {
        issueCommand('add-path', {}, inputPath);
    }
    process.env['PATH'] = `${inputPath}${external_path_namespaceObject.delimiter}${process.env['PATH']}`;
}
/**
 * Gets the value of an input.
 * Unless trimWhitespace is set to false in InputOptions, the value is also trimmed.
 * Returns an empty string if the value is not defined.
 *
 * @param     name     name of the input to get
 * @param     options  optional. See InputOptions.
 * @returns   string
 */
function getInput(name, options) {
    const val = process.env[`INPUT_${name.replace(/ /g, '_').toUpperCase()}`] || '';
    if (options && options.required && !val) {
        throw new Error(`Input required and not supplied: ${name}`);
    }
    if (options && options.trimWhitespace === false) {
        return val;
    }
    return val.trim();
}
/**
 * Gets the values of an multiline input.  Each value is also trimmed.
 *
 * @param     name     name of the input to get
 * @param     options  optional. See InputOptions.
 * @returns   string[]
 *
 */
function getMultilineInput(name, options) {
    const inputs = getInput(name, options)
        .split('\n')
        .filter(x => x !== '');
    if (options && options.trimWhitespace === false) {
        return inputs;
    }
    return inputs.map(input => input.trim());
}
/**
 * Gets the input value of the boolean type in the YAML 1.2 "core schema" specification.
 * Support boolean input list: `true | True | TRUE | false | False | FALSE` .
 * The return value is also in boolean type.
 * ref: https://yaml.org/spec/1.2/spec.html#id2804923
 *
 * @param     name     name of the input to get
 * @param     options  optional. See InputOptions.
 * @returns   boolean
 */
function getBooleanInput(name, options) {
    const trueValue = ['true', 'True', 'TRUE'];
    const falseValue = ['false', 'False', 'FALSE'];
    const val = getInput(name, options);
    if (trueValue.includes(val))
        return true;
    if (falseValue.includes(val))
        return false;
    throw new TypeError(`Input does not meet YAML 1.2 "Core Schema" specification: ${name}\n` +
        `Support boolean input list: \`true | True | TRUE | false | False | FALSE\``);
}
/**
 * Sets the value of an output.
 *
 * @param     name     name of the output to set
 * @param     value    value to store. Non-string values will be converted to a string via JSON.stringify
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function setOutput(name, value) {
    const filePath = process.env['GITHUB_OUTPUT'] || '';
    if (filePath) {
        return issueFileCommand('OUTPUT', prepareKeyValueMessage(name, value));
    }
    process.stdout.write(external_os_.EOL);
    issueCommand('set-output', { name }, toCommandValue(value));
}
/**
 * Enables or disables the echoing of commands into stdout for the rest of the step.
 * Echoing is disabled by default if ACTIONS_STEP_DEBUG is not set.
 *
 */
function setCommandEcho(enabled) {
    issue('echo', enabled ? 'on' : 'off');
}
//-----------------------------------------------------------------------
// Results
//-----------------------------------------------------------------------
/**
 * Sets the action status to failed.
 * When the action exits it will be with an exit code of 1
 * @param message add error issue message
 */
function setFailed(message) {
    process.exitCode = ExitCode.Failure;
    error(message);
}
//-----------------------------------------------------------------------
// Logging Commands
//-----------------------------------------------------------------------
/**
 * Gets whether Actions Step Debug is on or not
 */
function isDebug() {
    return process.env['RUNNER_DEBUG'] === '1';
}
/**
 * Writes debug message to user log
 * @param message debug message
 */
function debug(message) {
    issueCommand('debug', {}, message);
}
/**
 * Adds an error issue
 * @param message error issue message. Errors will be converted to string via toString()
 * @param properties optional properties to add to the annotation.
 */
function error(message, properties = {}) {
    issueCommand('error', toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
 * Adds a warning issue
 * @param message warning issue message. Errors will be converted to string via toString()
 * @param properties optional properties to add to the annotation.
 */
function warning(message, properties = {}) {
    issueCommand('warning', toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
 * Adds a notice issue
 * @param message notice issue message. Errors will be converted to string via toString()
 * @param properties optional properties to add to the annotation.
 */
function notice(message, properties = {}) {
    issueCommand('notice', toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
 * Writes info to log with console.log.
 * @param message info message
 */
function info(message) {
    process.stdout.write(message + external_os_.EOL);
}
/**
 * Begin an output group.
 *
 * Output until the next `groupEnd` will be foldable in this group
 *
 * @param name The name of the output group
 */
function startGroup(name) {
    issue('group', name);
}
/**
 * End an output group.
 */
function endGroup() {
    issue('endgroup');
}
/**
 * Wrap an asynchronous function call in a group.
 *
 * Returns the same type as the function itself.
 *
 * @param name The name of the group
 * @param fn The function to wrap in the group
 */
function group(name, fn) {
    return core_awaiter(this, void 0, void 0, function* () {
        startGroup(name);
        let result;
        try {
            result = yield fn();
        }
        finally {
            endGroup();
        }
        return result;
    });
}
//-----------------------------------------------------------------------
// Wrapper action state
//-----------------------------------------------------------------------
/**
 * Saves state for current action, the state can only be retrieved by this action's post job execution.
 *
 * @param     name     name of the state to store
 * @param     value    value to store. Non-string values will be converted to a string via JSON.stringify
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function saveState(name, value) {
    const filePath = process.env['GITHUB_STATE'] || '';
    if (filePath) {
        return issueFileCommand('STATE', prepareKeyValueMessage(name, value));
    }
    issueCommand('save-state', { name }, toCommandValue(value));
}
/**
 * Gets the value of an state set by this action's main execution.
 *
 * @param     name     name of the state to get
 * @returns   string
 */
function getState(name) {
    return process.env[`STATE_${name}`] || '';
}
function getIDToken(aud) {
    return core_awaiter(this, void 0, void 0, function* () {
        return yield OidcClient.getIDToken(aud);
    });
}
/**
 * Summary exports
 */

/**
 * @deprecated use core.summary
 */

/**
 * Path exports
 */

/**
 * Platform utilities exports
 */

//# sourceMappingURL=core.js.map
;// CONCATENATED MODULE: external "node:fs"
const external_node_fs_namespaceObject = require("node:fs");
;// CONCATENATED MODULE: ./build/lib/sanitize.js
const ESCAPE_SEQUENCE =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b\]|\u009d)[^\u0007\u001b\u009c\n\r]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]/g;
const LINE_END = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;
const PLAIN = /^[\t -~\u2010-\u2027\u203a]*$/;
const LINE_CAP = 1000;
const TEXT_CAP = 65_536;
function cleanLines(text, max = LINE_CAP) {
  return text
    .slice(0, TEXT_CAP)
    .replace(ESCAPE_SEQUENCE, '')
    .split(LINE_END)
    .map((line) => cap(breakCommands(visible(line)), max).trimEnd());
}
function visible(text) {
  if (PLAIN.test(text)) return text;
  return text
    .replace(/(?!\t)[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')
    .replace(/[\ud800-\udfff]/gu, '\ufffd');
}
function breakCommands(line) {
  return line.replaceAll('##[', '##\\[');
}
function cap(text, max) {
  if (text.length <= max) return text;
  const head = text.slice(0, max - 1).replace(/[\ud800-\udbff]$/u, '');
  return `${head}…`;
}
function oneLine(text, max = 300) {
  return cap(cleanLines(text).join(' ').replace(/\s+/g, ' ').trim(), max);
}
function quote(text, max) {
  return `“${oneLine(text, max).replace(/[“”]/g, '"')}”`;
}
function inertLine(text, max) {
  const line = oneLine(text, max);
  return line.includes('::') ? cap(breakLineCommands(line), max) : line;
}
function breakLineCommands(line) {
  const command = /(?<![\p{L}\p{N}_:]|\/\/\[):{2,}|(?<=\\[a-z]|\\[xu]?[0-9a-f]{1,8}|%[0-9a-f]{2}):{2,}/giu;
  return line.replace(command, (colons) => [...colons].join('\\'));
}
function quoteLines(text, max = 20) {
  const lines = cleanLines(text).filter((line) => line !== '');
  const shown = lines.slice(0, max).map((line) => `| ${line}`);
  return lines.length > max ? [...shown, `| … ${lines.length - max} more lines`] : shown;
}
function printable(line) {
  const safe = cleanLines(line).join(' ');
  return /^[\s\u0085]*::/u.test(safe) ? `| ${safe}` : safe;
}
function redactor(secrets) {
  const longestFirst = [...secrets].sort((a, b) => b.length - a.length);
  const shortest = longestFirst.at(-1)?.length ?? Number.POSITIVE_INFINITY;
  return (text) => {
    if (text.length < shortest) return text;
    return longestFirst.reduce(
      (rest, secret) => (rest.includes(secret) ? rest.replaceAll(secret, () => '***') : rest),
      text,
    );
  };
}
function mapTexts(value, change, name = '') {
  if (typeof value === 'string') return change(value, name);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change, name));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, member]) => [key, mapTexts(member, change, key)]);
  return Object.fromEntries(members);
}

;// CONCATENATED MODULE: ./build/lib/errors.js

const RESULT_OF_CODE = {
  'input-invalid': 'error',
  'not-found': 'refused',
  ambiguous: 'error',
  'already-running': 'refused',
  'too-many-executions': 'refused',
  'not-retryable': 'refused',
  'task-unknown': 'refused',
  unauthorized: 'error',
  forbidden: 'refused',
  refused: 'refused',
  'not-delivered': 'error',
  'answer-lost': 'error',
  'unexpected-answer': 'error',
  bug: 'error',
};
const NOTHING_SENT = 'nothing was sent';
class ActionError extends Error {
  name = 'ActionError';
  code;
  text;
  response;
  request;
  leavesDoubt;
  buildRuns;
  constructor(code, text, details = {}) {
    super(messageOf(text), details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.text = text;
    this.response = details.response;
    this.request = details.request;
    this.leavesDoubt = details.leavesDoubt ?? false;
    this.buildRuns = details.buildRuns ?? false;
  }
  redacted(redact) {
    return this.with(mapTexts(this.text, redact));
  }
  with(text) {
    const { response, request, leavesDoubt, buildRuns } = this;
    return new ActionError(
      this.code,
      { ...this.text, ...text },
      { cause: this, response, request, leavesDoubt, buildRuns },
    );
  }
}
function asActionError(error) {
  if (error instanceof ActionError) return error;
  const thrown = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const problem = `This action has a defect (${thrown})`;
  return new ActionError('bug', { problem, remedy: 'Please report it with the lines above.' }, { cause: error });
}
function messageOf({ problem, consequence, remedy, list }) {
  const head = consequence === undefined ? problem : `${problem}; ${consequence}`;
  const lines = list === undefined ? '' : `:\n${list.map((line) => `  ${line}`).join('\n')}`;
  return remedy === undefined ? `${head}${lines || '.'}` : `${head}. ${remedy}${lines}`;
}

;// CONCATENATED MODULE: ./build/github/runner.js



const ANNOTATION_CAP = 4000;
const TITLE_CAP = 200;
function createRunner(core, environment) {
  const secrets = new Set();
  let clean = redactor(secrets);
  const line = (text) => clean(printable(clean(text)));
  const paragraph = (text) => cap(clean(cleanLines(clean(text), ANNOTATION_CAP).join('\n')), ANNOTATION_CAP);
  const writeOutput = writerOf('The outputs of this step', 'GITHUB_OUTPUT');
  const writeState = writerOf('The state for the post step of this action', 'GITHUB_STATE');
  const annotate = (severity, message, title) =>
    core[severity](paragraph(message), title === undefined ? {} : { title: cap(line(title), TITLE_CAP) });
  return {
    input: (name) => core.getInput(name),
    inputLines: (name) => core.getMultilineInput(name).filter((text) => text !== ''),
    inputNames: () => inputNames(environment),
    state: (name) => environment[`STATE_${name}`] ?? '',
    environment: (name) => environment[name] ?? '',
    event: () => readEvent(environment),
    secret: (value) => {
      secrets.add(value);
      clean = redactor(secrets);
      core.setSecret(value);
    },
    redact: (text) => clean(text),
    info: (text) => core.info(line(text)),
    debug: (text) => core.debug(line(text)),
    group: (name, lines) => {
      core.startGroup(line(name));
      for (const text of lines) core.info(line(text));
      core.endGroup();
    },
    annotate,
    output: (name, value) => writeOutput(() => core.setOutput(name, clean(value))),
    saveState: (name, value) => writeState(() => core.saveState(name, value)),
    writeSummary: async (markdown) => {
      try {
        await core.summary.addRaw(clean(markdown)).write({ overwrite: true });
      } catch (error) {
        if ((environment.GITHUB_STEP_SUMMARY ?? '') === '') return;
        annotate('warning', `The job summary could not be written (GITHUB_STEP_SUMMARY: ${reasonOf(error)}).`);
      }
    },
  };
}
function writerOf(what, variable) {
  let broken;
  return (write) => {
    if (broken) throw broken;
    try {
      write();
    } catch (cause) {
      broken = new ActionError(
        'input-invalid',
        {
          problem: `${what} can't be written (${variable}: ${reasonOf(cause)})`,
          consequence: NOTHING_SENT,
          remedy: 'Look at the disk of this runner, then run this step again.',
        },
        { cause },
      );
      throw broken;
    }
  };
}
function reasonOf(error) {
  return oneLine(error instanceof Error ? error.message : String(error), 200);
}
function inputNames(environment) {
  const inputs = Object.keys(environment).filter((name) => /^INPUT_/i.test(name));
  return inputs.map((name) => name.slice('INPUT_'.length));
}
function readEvent(environment) {
  const path = environment.GITHUB_EVENT_PATH ?? '';
  if (path === '') return {};
  try {
    const event = JSON.parse((0,external_node_fs_namespaceObject.readFileSync)(path, 'utf8'));
    return typeof event === 'object' && event !== null ? event : {};
  } catch (cause) {
    throw new ActionError(
      'input-invalid',
      {
        problem: `The event of this workflow run can't be read (GITHUB_EVENT_PATH: ${path})`,
        consequence: NOTHING_SENT,
        remedy: `Give buildUrl or buildId instead.`,
      },
      { cause },
    );
  }
}

;// CONCATENATED MODULE: ./build/github/step.js
class WorkflowCancelled extends Error {
  name = 'WorkflowCancelled';
}

;// CONCATENATED MODULE: external "node:http"
const external_node_http_namespaceObject = require("node:http");
var external_node_http_default = /*#__PURE__*/__nccwpck_require__.n(external_node_http_namespaceObject);
;// CONCATENATED MODULE: external "node:https"
const external_node_https_namespaceObject = openLate("node:https");
var external_node_https_default = /*#__PURE__*/__nccwpck_require__.n(external_node_https_namespaceObject);
;// CONCATENATED MODULE: external "node:url"
const external_node_url_namespaceObject = require("node:url");
// EXTERNAL MODULE: ./node_modules/@actions/http-client/lib/proxy.js
var lib_proxy = __nccwpck_require__(783);
;// CONCATENATED MODULE: ./build/lib/format.js
function listed(items, last = 'and') {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1)}`;
}
function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const units = [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
    ['s', 1],
  ];
  const first = units.findIndex(([, size]) => seconds >= size);
  if (first < 0) return '0 s';
  let rest = seconds;
  const parts = units.slice(first, first + 2).map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count > 0 ? `${count} ${unit}` : '';
  });
  return parts.filter(Boolean).join(' ');
}
function stopwatch(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const pad = (n) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}
function ago(ms) {
  const [amount = '0', unit = 's'] = duration(ms).split(' ');
  return `${amount} ${unit} ago`;
}
function plural(count, what) {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
function capitalized(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

;// CONCATENATED MODULE: external "node:zlib"
const external_node_zlib_namespaceObject = openLate("node:zlib");
var external_node_zlib_default = /*#__PURE__*/__nccwpck_require__.n(external_node_zlib_namespaceObject);
;// CONCATENATED MODULE: ./build/http/network-error.js
class NetworkError extends Error {
  name = 'NetworkError';
  phase;
  code;
  remedy;
  tunnelRefusal;
  constructor(phase, code, message, details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.phase = phase;
    this.code = code;
    this.remedy = details.remedy;
    this.tunnelRefusal = details.tunnelRefusal;
  }
}
function toNetworkError(error, phase, proxy) {
  const cause = firstCause(error);
  const code = codeOf(cause);
  const trouble = (problem, remedy) => new NetworkError(phase, code, problem, { cause: error, remedy });
  const { problem, remedy } = explain(code, undefined, 'apiUrl');
  if (!proxy) return trouble(problem, remedy);
  const { name, isForwarded, variable } = proxy;
  if (phase === 'sent') return isForwarded ? trouble(problem) : trouble(problem, remedy);
  const tunnel = /tunneling socket could not be established, (?:statusCode=(\d+)|cause=)/.exec(String(cause.message));
  if (tunnel?.[1]) {
    const tunnelRefusal = { proxy: name, status: Number(tunnel[1]) };
    const message = `the proxy refused the connection (HTTP ${tunnelRefusal.status})`;
    return new NetworkError(phase, code, message, { cause: error, tunnelRefusal });
  }
  if (!tunnel && !isForwarded) return trouble(problem, remedy);
  const proxys = explain(code, `the proxy ${name}`, variable);
  return isPermanent(code)
    ? trouble(proxys.problem, proxys.remedy)
    : trouble(`the proxy could not be reached (${name})`);
}
function codeOf({ code, message }) {
  const [, reason] = /SSL routines:[^:]{0,100}:([^:\n]{1,100}):/.exec(String(message)) ?? [];
  if (reason !== undefined) return `ERR_SSL_${reason.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`;
  return typeof code === 'string' ? code : 'UNKNOWN';
}
function isCertificateProblem(code) {
  return (
    !code.startsWith('ERR_SSL_') &&
    /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|HOSTNAME_MISMATCH/.test(code)
  );
}
const PASSING_TLS = /UNEXPECTED_EOF|INTERNAL_ERROR|BAD_RECORD_MAC|USER_CANCELL?ED|CLOSE_NOTIFY/;
function isPermanent(code) {
  const isTls = code.startsWith('ERR_SSL_') && !PASSING_TLS.test(code);
  return isTls || isCertificateProblem(code) || code === 'BAD_PROXY';
}
function firstCause(error) {
  const errors = error?.errors;
  return (Array.isArray(errors) && errors.length > 0 ? errors[0] : error) ?? {};
}
const PHRASES = {
  EAI_AGAIN: 'the name server did not answer',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'network unreachable',
  ENOTFOUND: 'unknown host',
  EPIPE: 'connection closed while sending',
  ETIMEDOUT: 'connection timed out',
};
function explain(code, proxy, setting) {
  if (isCertificateProblem(code)) return explainCertificate(code, proxy, setting);
  if (code.startsWith('ERR_SSL_')) return explainTls(code, proxy, setting);
  if (code.startsWith('HPE_')) return { problem: `the answer is not HTTP (${code})` };
  return { problem: PHRASES[code] ?? `connection failed (${code})` };
}
function explainCertificate(code, proxy, setting) {
  const whose = proxy === undefined ? 'its certificate' : `the certificate of ${proxy}`;
  const problem = `${whose} is not accepted (${code})`;
  if (/ALTNAME|HOSTNAME/.test(code)) {
    return { problem, remedy: `The host name in ${setting} must be one that the certificate is for.` };
  }
  if (/EXPIRED|NOT_YET_VALID|REVOKED/.test(code)) {
    return { problem, remedy: 'Ask the people who run it for a valid one, and check the clock of this runner.' };
  }
  return {
    problem,
    remedy: 'For a private CA, set NODE_EXTRA_CA_CERTS in env: of the step to the file of its certificate.',
  };
}
function explainTls(code, proxy, setting) {
  const peer = proxy ?? 'the server';
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH|RECORD_TYPE|UNKNOWN_PROTOCOL|UNEXPECTED_MESSAGE/.test(code)) {
    return {
      problem: `${proxy ?? 'this port'} does not speak TLS`,
      remedy: `Use http:// in ${setting}, or the port that speaks it.`,
    };
  }
  if (/PROTOCOL|VERSION|INAPPROPRIATE_FALLBACK/.test(code)) {
    return {
      problem: `${peer} speaks no version of TLS that this runner accepts (${code})`,
      remedy: 'Ask the people who run it to allow TLS 1.2 or a newer version.',
    };
  }
  if (/CERTIFICATE|UNKNOWN_CA/.test(code)) {
    return {
      problem: `${peer} asks for a client certificate (${code})`,
      remedy: `This action has none to show: use an address in ${setting} that asks for none.`,
    };
  }
  return {
    problem: `${peer} and this runner could not agree on TLS (${code})`,
    remedy: 'Ask the people who run it for its TLS settings, and whether it asks for a client certificate.',
  };
}

;// CONCATENATED MODULE: ./build/http/body.js


const MOST_CODINGS = 5;
async function readBody(message, maxBytes) {
  let body = await readBytes(message, maxBytes);
  const hasNone = body.length === 0 && (message.statusCode === 204 || (message.statusCode ?? 0) >= 300);
  const codings = hasNone ? [] : codingsOf(message);
  if (codings.length > MOST_CODINGS) {
    throw new NetworkError('sent', 'UNKNOWN_ENCODING', 'the answer has too many codings in its Content-Encoding');
  }
  for (const coding of codings) body = await decode(body, coding, maxBytes);
  return body.toString('utf8');
}
function readBytes(message, maxBytes) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    let size = 0;
    message.on('data', (chunk) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size <= maxBytes) return;
      reject(tooLarge(maxBytes));
      message.destroy();
    });
    message.on('end', () => {
      if (message.complete) resolve(Buffer.concat(chunks));
    });
    message.on('error', reject);
    message.on('close', () => reject(new NetworkError('sent', 'ECONNRESET', 'the answer was cut off')));
  });
}
const NO_CODING = /^(?:|identity|none|utf-?8)$/;
function codingsOf({ headers }) {
  const codings = (headers['content-encoding'] ?? '').toLowerCase().split(',');
  return codings
    .map((coding) => coding.trim())
    .filter((coding) => !NO_CODING.test(coding))
    .reverse();
}
function decoderFor(coding, body) {
  const { gunzip, brotliDecompress, inflate, inflateRaw } = (external_node_zlib_default());
  if (coding === 'gzip' || coding === 'x-gzip') return gunzip;
  if (coding === 'br') return brotliDecompress;
  if (coding !== 'deflate') return undefined;
  const hasHeader = body.length >= 2 && ((body[0] ?? 0) & 0x0f) === 8 && body.readUInt16BE() % 31 === 0;
  return hasHeader ? inflate : inflateRaw;
}
function decode(body, coding, maxBytes) {
  return new Promise((resolve, reject) => {
    const decoder = decoderFor(coding, body);
    if (!decoder) {
      reject(new NetworkError('sent', 'UNKNOWN_ENCODING', 'the answer has an unknown Content-Encoding'));
      return;
    }
    decoder(body, { maxOutputLength: maxBytes }, (error, decoded) => {
      if (!error) resolve(decoded);
      else if (error.code === 'ERR_BUFFER_TOO_LARGE') reject(tooLarge(maxBytes));
      else reject(new NetworkError('sent', 'UNDECODABLE', `the answer was cut off (${coding})`, { cause: error }));
    });
  });
}
function tooLarge(maxBytes) {
  return new NetworkError('sent', 'BODY_TOO_LARGE', `the answer is larger than ${maxBytes / 1024 / 1024} MiB`);
}

;// CONCATENATED MODULE: external "node:net"
const external_node_net_namespaceObject = require("node:net");
;// CONCATENATED MODULE: ./build/http/proxy.js


function hostAndPort({ hostname, port, protocol }) {
  return `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
}
function variableOf({ protocol }) {
  return protocol === 'https:' ? 'https_proxy' : 'http_proxy';
}
function absoluteForm(proxy, target) {
  const { port } = (0,external_node_url_namespaceObject.urlToHttpOptions)(proxy);
  const hostname = proxy.hostname.replace(/^\[|\]$/g, '');
  const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return {
    protocol: proxy.protocol === 'https:' ? 'https:' : 'http:',
    hostname,
    port,
    servername: (0,external_node_net_namespaceObject.isIP)(hostname) ? '' : hostname,
    path: `${target.origin}${target.pathname}${target.search}`,
    headers: {
      host: target.host,
      ...(user === ':' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(user).toString('base64')}` }),
    },
  };
}
function answeringProxy({ status, headers, proxy, body }) {
  if (status < 400) return undefined;
  const isMarked = status === 407 || headers['x-squid-error'] !== undefined;
  const isPage = proxy !== undefined && /^\s*<[a-z!?]/i.test(body);
  const mayBeProxys = headers.via !== undefined && (status === 403 || status >= 500);
  const isNamed = /^(?:tinyproxy|squid)\b/i.test(String(headers.server));
  return isMarked || (isPage && (mayBeProxys || isNamed)) ? (proxy ?? '') : undefined;
}

;// CONCATENATED MODULE: ./build/http/http.js









function createHttp(userAgent, clock, environment = () => '') {
  const shared = new Map();
  const sharedRoute = (url, proxy) => {
    const key = `${url.origin} ${proxy?.href}`;
    const route = shared.get(key) ?? createRoute(userAgent, url, { proxy, keepAlive: true });
    shared.set(key, route);
    return route;
  };
  return {
    send: async (request) => {
      const { url, ownConnection } = request;
      const proxy = proxyOf(url, environment);
      if (!ownConnection) return sendRequest(sharedRoute(url, proxy), request, clock);
      const route = createRoute(userAgent, url, { proxy, keepAlive: false });
      return sendRequest(route, request, clock).finally(() => route.close());
    },
  };
}
function proxyOf(url, environment) {
  if ((0,lib_proxy/* checkBypass */.H)(url)) return undefined;
  const variable = variableOf(url);
  const proxy = addressOfProxy(url);
  if (proxy && /^https?:$/.test(proxy.protocol) && proxy.hostname !== '') return proxy;
  const isSet = [variable, variable.toUpperCase()].some((name) => environment(name) !== '');
  if (!proxy && !isSet) return undefined;
  throw new NetworkError('connecting', 'BAD_PROXY', `${variable} is not the address of an http or https proxy`, {
    remedy: `Write ${variable} as http://HOST:PORT, or add the host of apiUrl to no_proxy.`,
  });
}
function addressOfProxy(url) {
  try {
    return new URL((0,lib/* getProxyUrl */.s_)(url.href));
  } catch {
    return undefined;
  }
}
function createRoute(userAgent, url, { proxy, keepAlive }) {
  const client = new lib/* HttpClient */.Qq(userAgent, [], { allowRedirects: false, allowRetries: false, keepAlive });
  const isForwarded = proxy !== undefined && url.protocol === 'http:';
  if (!isForwarded) {
    return { client, agent: client.getAgent(url.href), proxy, isForwarded, close: () => client.dispose() };
  }
  const agent = proxy.protocol === 'https:' ? new (external_node_https_default()).Agent({ keepAlive }) : new (external_node_http_default()).Agent({ keepAlive });
  return { client, agent, proxy, isForwarded, close: () => agent.destroy() };
}
async function sendRequest(route, request, clock) {
  request.signal?.throwIfAborted();
  const controller = new AbortController();
  const connection = { phase: 'sent' };
  const onAbort = () => controller.abort(request.signal?.reason);
  request.signal?.addEventListener('abort', onAbort, { once: true });
  const start = clock.now();
  const expire = (after) => {
    const through = route.proxy ? ` through the proxy ${hostAndPort(route.proxy)}` : '';
    const what = connection.phase === 'connecting' ? `no connection${through}` : 'no answer';
    controller.abort(new NetworkError(connection.phase, 'DEADLINE', `${what} within ${duration(after)}`));
  };
  const timer = clock.timer(request.deadlineMs, () => expire(request.deadlineMs));
  const onDeadline = () => expire(clock.now() - start);
  request.deadlineSignal?.addEventListener('abort', onDeadline, { once: true });
  try {
    return await Promise.race([
      rejectOnAbort(controller.signal),
      transfer(route, request, { abort: controller.signal, connection }),
    ]);
  } catch (error) {
    controller.abort();
    if (request.signal?.aborted) throw request.signal.reason;
    if (error instanceof NetworkError) throw error;
    const { proxy, isForwarded } = route;
    throw toNetworkError(
      error,
      connection.phase,
      proxy && { name: hostAndPort(proxy), isForwarded, variable: variableOf(request.url) },
    );
  } finally {
    timer.dispose();
    request.signal?.removeEventListener('abort', onAbort);
    request.deadlineSignal?.removeEventListener('abort', onDeadline);
  }
}
function rejectOnAbort(signal) {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
async function transfer(route, request, state) {
  const { url, method } = request;
  const { client, agent, proxy } = route;
  const forwarded = proxy && route.isForwarded ? absoluteForm(proxy, url) : undefined;
  const nodeHttp = (forwarded ?? url).protocol === 'http:' ? (external_node_http_default()) : (external_node_https_default());
  const observed = Object.create(nodeHttp, {
    request: {
      value: (options, onResponse) => {
        const sent = nodeHttp.request(options, onResponse);
        trackConnection(sent, state.connection);
        return sent;
      },
    },
  });
  const own = { 'user-agent': client.userAgent ?? '', 'accept-encoding': 'identity' };
  const options = {
    ...(0,external_node_url_namespaceObject.urlToHttpOptions)(url),
    ...forwarded,
    method,
    headers: { ...request.headers, ...own, ...forwarded?.headers },
    agent,
    signal: state.abort,
  };
  const { message } = await client.requestRaw({ options, parsedUrl: url, httpModule: observed }, '');
  const body = await readBody(message, request.maxBytes);
  const answeredBy = proxy && forwarded ? { proxy: hostAndPort(proxy) } : {};
  return { status: message.statusCode ?? 0, headers: message.headers, body, ...answeredBy };
}
function trackConnection(request, connection) {
  connection.phase = 'connecting';
  const connected = () => {
    connection.phase = 'sent';
  };
  request.once('socket', (socket) => {
    const event = request.reusedSocket ? undefined : connectEvent(socket);
    if (event === undefined) connected();
    else socket.once(event, connected);
  });
}
function connectEvent(socket) {
  if (isEncrypted(socket)) return socket.getFinished() === undefined ? 'secureConnect' : undefined;
  return socket.connecting ? 'connect' : undefined;
}
function isEncrypted(socket) {
  return 'encrypted' in socket;
}

;// CONCATENATED MODULE: external "node:timers/promises"
const promises_namespaceObject = require("node:timers/promises");
;// CONCATENATED MODULE: ./build/lib/clock.js

const systemClock = {
  now: () => performance.now(),
  sleep: async (ms, signal) => {
    signal?.throwIfAborted();
    try {
      await (0,promises_namespaceObject.setTimeout)(ms, undefined, signal ? { signal } : {});
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    }
  },
  random: () => Math.random(),
  timer: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return { dispose: () => clearTimeout(timer) };
  },
};
async function pollAt({ clock, at, signal }, read, until) {
  const start = clock.now();
  for (const moment of at) {
    await clock.sleep(Math.max(0, start + moment - clock.now()), signal);
    const value = await read();
    if (value !== undefined && until(value)) return value;
  }
  return undefined;
}

;// CONCATENATED MODULE: ./build/lib/log-line.js

const COLUMN = 10;
const STATE = 9;
function logLine(word, text) {
  return `${word.padEnd(COLUMN)}${text}`;
}
function continuation(text) {
  return `${' '.repeat(COLUMN)}${text}`;
}
function timedLine(elapsedMs, state, text) {
  return `${stopwatch(elapsedMs).padStart(COLUMN - 2)}  ${state.padEnd(STATE)}  ${text}`.trimEnd();
}

;// CONCATENATED MODULE: ./build/model/status.js
const MEANINGS = new Map(
  Object.entries({
    SUCCEED: 'succeeded',
    FAILED: 'failed',
    TERMINATE: 'failed',
    QUEUE_TIMEOUT: 'failed',
    EXEC_TIMEOUT: 'failed',
    HEARTBEAT_TIMEOUT: 'failed',
    QUALITY_CHECK_FAIL: 'failed',
    QUOTA_FAILED: 'failed',
    REVIEW_ABORT: 'failed',
    CANCELED: 'cancelled',
    RUNNING: 'running',
    PREPARE_ENV: 'running',
    LOOP_WAITING: 'running',
    CALL_WAITING: 'running',
    DEPENDENT_WAITING: 'running',
    QUEUE: 'running',
    QUEUE_CACHE: 'running',
    RETRY: 'running',
    TRY_FINALLY: 'running',
    PAUSE: 'waits for a person',
    REVIEWING: 'waits for a person',
    QUALITY_CHECK_WAIT: 'waits for a person',
    TRIGGER_REVIEWING: 'waits for a person',
  }),
);
function meaningOfBuild(build) {
  if (build.status === 'STAGE_SUCCESS') return hasEnded(build) ? 'failed' : 'waits for a person';
  return MEANINGS.get(build.status) ?? 'unknown';
}
function isRefusedGate(build) {
  return build.status === 'STAGE_SUCCESS' && hasEnded(build);
}
const FAILURE_REASONS = {
  QUEUE_TIMEOUT: 'it waited too long in the queue',
  TERMINATE: 'it was stopped by force',
};
function failureReason({ status }) {
  if (status === 'FAILED' || meaningOfBuild({ status }) !== 'failed') return '';
  const reason = FAILURE_REASONS[status];
  return reason === undefined ? status : `${status}: ${reason}`;
}
function wasStopped(build) {
  return meaningOfBuild(build) === 'cancelled' || build.status === 'TERMINATE';
}
function isFinished(build) {
  const meaning = meaningOfBuild(build);
  if (meaning === 'succeeded' || meaning === 'failed' || meaning === 'cancelled') return true;
  return meaning === 'unknown' && hasEnded(build);
}
const PART_SUCCEEDED = new Set(['SUCCEED', 'SKIP', 'REVIEW_PROCESSED', 'QUALITY_CHECK_PASS', 'STAGE_SUCCESS']);
function meaningOfPart(status) {
  if (status === undefined || status === '' || status === 'UNEXEC') return 'not run';
  return PART_SUCCEEDED.has(status) ? 'succeeded' : (MEANINGS.get(status) ?? 'unknown');
}
function isQueued({ status }) {
  return status === 'QUEUE' || status === 'QUEUE_CACHE' || status === 'RETRY' || status === 'TRIGGER_REVIEWING';
}
function hasEnded({ startTime = 0, endTime = 0 }) {
  return endTime > 0 && endTime > startTime;
}

;// CONCATENATED MODULE: ./build/model/parts.js

function partsOf(detail) {
  return detail.stages.flatMap((stage) => [
    { kind: 'stage', stage },
    ...jobsOf(stage).flatMap((job) => [
      { kind: 'job', stage, job },
      ...job.plugins.map((plugin) => ({ kind: 'plug-in', stage, job, plugin })),
    ]),
  ]);
}
function jobsOf(stage) {
  return stage.jobs.flatMap(jobAndChildren);
}
function jobAndChildren(job) {
  return [job, ...job.children];
}
function isInMatrix(part) {
  return part.kind !== 'stage' && part.stage.jobs.some(({ children }) => children.includes(part.job));
}
function findParts(detail, taskId) {
  const parts = partsOf(detail).filter((part) => idOf(part) !== '');
  const byId = parts.find((part) => idOf(part) === taskId);
  if (byId) return [byId];
  const byStepId = parts.filter((part) => part.kind === 'plug-in' && part.plugin.stepId === taskId);
  const retryable = byStepId.filter(canBeRetried);
  return retryable.length > 0 ? retryable : byStepId;
}
function partsNamed(detail, name) {
  const wanted = plain(name);
  const named = partsOf(detail).filter(
    (part) => idOf(part) !== '' && [nameOf(part), pathOf(part)].some((text) => plain(text) === wanted),
  );
  return [...named.filter(canBeRetried), ...named.filter((part) => !canBeRetried(part))];
}
function plain(name) {
  return name.replace(/\s+/g, ' ').trim().toLowerCase();
}
function idOf(part) {
  if (part.kind === 'stage') return part.stage.id;
  return part.kind === 'job' ? part.job.id : part.plugin.id;
}
function pathOf(part) {
  if (part.kind === 'stage') return part.stage.name;
  if (part.kind === 'job') return `${part.stage.name} › ${part.job.name}`;
  return `${part.stage.name} › ${part.job.name} › ${part.plugin.name}`;
}
function nameOf(part) {
  if (part.kind === 'stage') return part.stage.name;
  return part.kind === 'job' ? part.job.name : part.plugin.name;
}
function hasFailed(part) {
  return meaningOfPart(statusOf(part)) === 'failed';
}
function canBeRetried(part) {
  return ['failed', 'cancelled'].includes(meaningOfPart(statusOf(part)));
}
function stoppedParts(detail) {
  return partsOf(detail).filter(canBeRetried);
}
function stagesToRetry(detail) {
  const stages = stoppedParts(detail).flatMap((part) => (part.kind === 'stage' ? [part.stage] : []));
  const ordinary = stages.filter((stage) => !stage.isFinally);
  return ordinary.length > 0 ? ordinary : stages;
}
function jobByHash(detail, hashId) {
  return detail.stages.flatMap(jobsOf).find((job) => job.hashId === hashId);
}
function waitingPart(detail) {
  const waiting = partsOf(detail).filter((part) => meaningOfPart(statusOf(part)) === 'waits for a person');
  return waiting.at(-1);
}
function statusOf(part) {
  if (part.kind === 'stage') return part.stage.status;
  return part.kind === 'job' ? part.job.status : part.plugin.status;
}

;// CONCATENATED MODULE: ./build/model/cause.js


function failuresOf(detail) {
  return detail.stages.flatMap((stage) => {
    const inJobs = stage.jobs.flatMap((job) => failuresOfJob(stage, job));
    return isExplained(stage, inJobs) ? inJobs : [...inJobs, { part: { kind: 'stage', stage }, isTolerated: false }];
  });
}
function pluginsThatBroke(job) {
  const failed = job.plugins.filter((plugin) => cause_hasFailed(plugin) && !letsJobGoOn(job, plugin));
  return failed.filter(({ postActionOf }) => !failed.some(({ id }) => id === postActionOf));
}
function isWithoutMachine({ machineStatus }) {
  return meaningOfPart(machineStatus) === 'failed';
}
function includes(outer, inner) {
  if (outer.stage.id !== inner.stage.id) return false;
  if (outer.kind === 'stage') return true;
  if (inner.kind === 'stage' || !jobAndChildren(outer.job).includes(inner.job)) return false;
  return outer.kind === 'job' || (inner.kind === 'plug-in' && inner.plugin.id === outer.plugin.id);
}
function failuresOfJob(stage, job) {
  const isTolerated = job.continuesOnFailure;
  const inside =
    job.children.length > 0
      ? job.children.flatMap((child) => failuresOfJob(stage, child))
      : job.plugins.filter(cause_hasFailed).map((plugin) => {
          const part = { kind: 'plug-in', stage, job, plugin };
          return { part, isTolerated: isTolerated || letsJobGoOn(job, plugin) };
        });
  const explains = job.children.length > 0 ? inside.length > 0 : pluginsThatBroke(job).length > 0;
  if (!cause_hasFailed(job) || explains) return inside;
  return [...inside, { part: { kind: 'job', stage, job }, isTolerated }];
}
function letsJobGoOn(job, plugin) {
  return plugin.continuesOnFailure && plugin.status !== 'TERMINATE' && !isWithoutMachine(job);
}
function isExplained(stage, failures) {
  return !cause_hasFailed(stage) || failures.some(({ isTolerated }) => !isTolerated);
}
function cause_hasFailed({ status }) {
  return meaningOfPart(status) === 'failed';
}

;// CONCATENATED MODULE: ./build/model/failure.js


const NO_MACHINE = 'no build machine';
const GATE_NOT_PASSED = 'the quality gate was not passed';
function failedTasksOf(detail, status, hasRun) {
  const count = status.executeCount ?? detail?.executeCount;
  const listed = detail && detail.errors.length > 0 ? detail.errors : status.errors;
  const names = namesIn(detail);
  const errors = errorIndex(hasRun ? listed : [], names);
  const failures = (detail ? failuresOf(detail) : []).map((failure) => ({ failure, error: errors.take(failure.part) }));
  const rest = errors.rest();
  const parts = failures.flatMap(({ failure, error }) => {
    const isOwn = isOfExecution(failure.part, count) && !isExplainedBy(rest, failure.part);
    return error || isOwn ? [failedTaskOf(failure, error)] : [];
  });
  const tasks = [...parts, ...rest.map((error) => taskOfError(error, names))];
  return tasks.toSorted((a, b) => rankOf(a) - rankOf(b));
}
function rankOf(task) {
  return task.tolerated ? 2 : wasFastKilled(task) ? 1 : 0;
}
const FAST_KILLED = 2199010;
function wasFastKilled({ errorCode }) {
  return errorCode === FAST_KILLED;
}
function isExplainedBy(errors, part) {
  if (part.kind === 'plug-in') return false;
  return errors.some(
    ({ stageId, containerId }) => stageId === part.stage.id && (part.kind === 'stage' || containerId === part.job.id),
  );
}
function isOfExecution(part, count) {
  const own = part.kind === 'plug-in' ? part.plugin.executeCount : part.kind === 'job' ? part.job.executeCount : count;
  return count === undefined || (own ?? count) === count;
}
function errorIndex(errors, names) {
  const rest = new Set(errors);
  const isOfPlugin = ({ taskId = '' }) => isPlugin(taskId, names);
  const byTask = firstOfEach(errors.filter(isOfPlugin).map((error) => [error.taskId, error]));
  const byPlace = firstOfEach(
    errors.filter((error) => !isOfPlugin(error)).map((error) => [placeKey(error.stageId, error.containerId), error]),
  );
  const find = (part) => {
    const place = byPlace.get(placeKey(part.stage.id, part.kind === 'stage' ? undefined : part.job.id));
    if (part.kind !== 'plug-in') return place;
    const { id, errorMessage } = part.plugin;
    const isSame = errorMessage === undefined || errorMessage === place?.errorMessage;
    return byTask.get(id) ?? (isSame && place && rest.has(place) ? place : undefined);
  };
  return {
    take: (part) => {
      const error = find(part);
      if (error) rest.delete(error);
      return error;
    },
    rest: () => [...rest],
  };
}
function firstOfEach(entries) {
  return new Map(entries.toReversed());
}
function placeKey(stageId, jobId) {
  return `${stageId} ${jobId}`;
}
function failedTaskOf({ part, isTolerated }, error) {
  const { errorType = '', errorCode = null, errorMessage = '' } = error ?? {};
  const plugin = part.kind === 'plug-in' ? part.plugin : undefined;
  const job = part.kind === 'stage' ? undefined : part.job;
  const isGate = part.kind === 'stage' && (part.stage.status === 'QUALITY_CHECK_FAIL' || (error && isOfGate(error)));
  const unexplained = part.kind === 'job' && isWithoutMachine(part.job) ? NO_MACHINE : '';
  return {
    stageId: part.stage.id,
    stageName: part.stage.name,
    containerId: job?.id ?? '',
    containerName: job?.name ?? '',
    taskId: plugin?.id ?? '',
    taskName: plugin?.name ?? '',
    errorType: plugin?.errorType ?? errorType,
    errorCode: plugin?.errorCode ?? errorCode,
    errorMessage: isGate ? GATE_NOT_PASSED : (plugin?.errorMessage ?? errorMessage) || unexplained,
    ...(isTolerated ? { tolerated: true } : {}),
    ...(plugin?.canBeSkipped ? { canBeSkipped: true } : {}),
    ...(isInMatrix(part) ? { isInMatrix: true } : {}),
  };
}
function namesIn(detail) {
  if (!detail) return { stages: new Map(), jobs: new Map() };
  const parts = partsOf(detail);
  const jobs = parts.flatMap((part) => (part.kind === 'job' ? [part] : []));
  return {
    stages: firstOfEach(detail.stages.map(({ id, name }) => [id, name])),
    jobs: firstOfEach(jobs.map(({ stage, job }) => [placeKey(stage.id, job.id), job.name])),
    plugins: new Set(parts.flatMap((part) => (part.kind === 'plug-in' ? [part.plugin.id] : []))),
  };
}
const START_OF_MACHINE = /^startVM-/;
function isOfGate({ containerId, taskId, errorCode }) {
  return errorCode === 2199007 && containerId === undefined && taskId === undefined;
}
function isPlugin(taskId, { plugins }) {
  return plugins ? plugins.has(taskId) : taskId !== '' && !START_OF_MACHINE.test(taskId);
}
function taskOfError(error, names) {
  const { stageId = '', containerId = '', taskId = '', taskName, errorType = '', errorCode = null } = error;
  const hasPlugin = isPlugin(taskId, names);
  return {
    stageId,
    stageName: names.stages.get(stageId) ?? '',
    containerId,
    containerName: names.jobs.get(placeKey(stageId, containerId)) ?? '',
    taskId: hasPlugin ? taskId : '',
    taskName: hasPlugin ? (taskName ?? taskId) : '',
    errorType,
    errorCode,
    errorMessage: isOfGate(error)
      ? GATE_NOT_PASSED
      : (error.errorMessage ?? (START_OF_MACHINE.test(taskId) ? NO_MACHINE : '')),
  };
}

;// CONCATENATED MODULE: ./build/model/describe-failure.js


const ERROR_KINDS = new Map(
  Object.entries({
    SYSTEM: 'system error',
    USER: 'user error',
    THIRD_PARTY: 'third-party error',
    PLUGIN: 'plug-in error',
    BUILD_MACHINE: 'build machine error',
  }),
);
function kindOf(errorType) {
  return ERROR_KINDS.get(errorType) ?? oneLine(errorType, 40);
}
function taskName(task) {
  if (isOfPlugin(task)) return oneLine(task.taskName, 80) || oneLine(task.taskId, 60);
  const job = shown(task.containerName, task.containerId);
  if (job !== '') return `job ${job}`;
  const stage = shown(task.stageName, task.stageId);
  return stage === '' ? 'a part of the build' : `stage ${stage}`;
}
function taskPlace(task) {
  const { stageName, containerName, containerId } = task;
  const around = isOfPlugin(task) ? [stageName, containerName] : containerName || containerId ? [stageName] : [];
  return around.map((name) => oneLine(name, 80)).filter(Boolean);
}
function taskPath(task) {
  return [...taskPlace(task), taskName(task)].join(' › ');
}
function taskSentence(task, verb = '') {
  if (isQualityGate(task)) return `the quality gate of ${taskName(task)} was not passed`;
  const isMachine = isOfMachine(task);
  const place = taskPlace(task);
  const where = place.length > 0 ? `in ${place.join(' › ')}` : '';
  const sentence = [taskName(task), isMachine ? '' : verb, where].filter(Boolean).join(' ');
  return isMachine ? `${sentence}: ${NO_MACHINE}` : sentence;
}
function taskReason({ errorMessage }, max) {
  return errorMessage === '' || errorMessage === NO_MACHINE || errorMessage === GATE_NOT_PASSED
    ? ''
    : quote(errorMessage, max);
}
function isQualityGate(task) {
  return task.errorMessage === GATE_NOT_PASSED && task.containerId === '' && !isOfPlugin(task);
}
const OF_DISPATCH = /^21(?:(?:03|26|31)\d{3}|0010[3-7])$/;
function isOfMachine(task) {
  const { errorType, errorCode, errorMessage } = task;
  if (isOfPlugin(task)) return false;
  return errorType === 'BUILD_MACHINE' || errorMessage === NO_MACHINE || OF_DISPATCH.test(String(errorCode));
}
function isOfPlugin({ taskId, taskName: name }) {
  return taskId !== '' || name !== '';
}
function shown(name, id) {
  return oneLine(name, 80) || oneLine(id, 60);
}

;// CONCATENATED MODULE: ./build/model/snapshot.js
function startOf({ startTime = 0, queueTime = 0 }) {
  return startTime > 0 ? Math.max(startTime, queueTime) : undefined;
}
const TRIGGER_STAGE = 'stage-1';
function stagesWithoutTrigger({ stages }) {
  return stages.filter(({ stageId }) => stageId !== TRIGGER_STAGE);
}

;// CONCATENATED MODULE: ./build/model/gate.js



function refusedGate(build) {
  if (!isRefusedGate(build)) return undefined;
  const stages = stagesWithoutTrigger(build);
  const stopped = stages.find(
    ({ status }) => status === 'REVIEW_ABORT' || meaningOfPart(status) === 'waits for a person',
  );
  return stopped ?? stages.find(({ status }) => meaningOfPart(status) === 'not run');
}
function gateOf(build) {
  if (meaningOfBuild(build) !== 'waits for a person') return undefined;
  const stage = build.stages.find(({ status }) => meaningOfPart(status) === 'waits for a person');
  if (!stage) return { key: 'build', name: 'The build', waitsFor: 'approval' };
  const { showMsg } = stage;
  return {
    key: stage.stageId,
    name: `Stage ${oneLine(stage.name, 80)}`,
    waitsFor: 'approval',
    ...(showMsg ? { who: oneLine(showMsg, 200) } : {}),
  };
}

;// CONCATENATED MODULE: ./build/model/describe.js





function buildName(buildNumber, buildId) {
  return buildNumber === undefined ? buildId : `#${buildNumber}`;
}
function stateOf(build) {
  const stage = currentStage(build);
  const shown = oneLine(build.status, 40);
  const where = stage === undefined ? '' : `in stage ${oneLine(stage, 80)}`;
  if (build.status !== 'STAGE_SUCCESS') return [shown, where].filter(Boolean).join(' ');
  const gate = isRefusedGate(build) ? 'its gate was refused' : 'waiting for approval';
  return [shown, gate, where].filter(Boolean).join(', ');
}
function currentStage(build) {
  if (build.status === 'SUCCEED' || build.status === 'QUEUE_TIMEOUT' || isQueued(build)) return undefined;
  if (isRefusedGate(build)) return refusedGate(build)?.name;
  const relevant = build.stages.filter(({ status }) => {
    const meaning = meaningOfPart(status);
    return meaning !== 'not run' && meaning !== 'succeeded';
  });
  return relevant.at(-1)?.name;
}
function describeStatus(build) {
  const parts = [
    stateOf(build),
    build.executeCount === undefined ? '' : `execution ${build.executeCount}`,
    build.startedBy === undefined ? '' : `started by ${oneLine(build.startedBy, 80)}`,
    age(build),
  ];
  return parts.filter((part) => part !== '').join(', ');
}
function age(status) {
  const { serverTime } = status;
  if (serverTime === undefined) return '';
  if (isFinished(status)) return status.endTime ? `ended ${ago(serverTime - status.endTime)}` : '';
  const start = startOf(status);
  return start === undefined ? '' : `for ${duration(serverTime - start)}`;
}
function howToTell(before) {
  if (before && !isFinished(before)) {
    return 'if the plug-in runs or has run again, it was retried.';
  }
  const count = before?.executeCount;
  if (count === undefined) return 'if it runs or has run again, it was retried.';
  return `if it still shows execution ${count}, it was not retried; if it shows execution ${count + 1}, it was.`;
}

;// CONCATENATED MODULE: ./build/model/link.js

function isId(text) {
  return text !== '' && text.length <= 200 && !/\s/.test(text) && visible(text) === text;
}
function isPathId(text) {
  return isId(text) && text !== '.' && text !== '..' && !/[/\\]/.test(text);
}
function buildLink(consoleUrl, ref, executeCount) {
  const { projectId, pipelineId, buildId } = ref;
  const ids = [projectId, pipelineId, 'detail', buildId].map(encodeURIComponent).join('/');
  const execution = executeCount === undefined ? '' : `/executeDetail/${executeCount}`;
  return `${withoutTrailingSlashes(consoleUrl)}/console/pipeline/${ids}${execution}`;
}
function withoutTrailingSlashes(text) {
  let end = text.length;
  while (text[end - 1] === '/') end -= 1;
  return text.slice(0, end);
}
const PIPELINE_PATH = /^(.*?)\/console\/pipeline\/([^/]+)\/([^/]+)\/detail\/([^/]+)(?:\/.*)?$/;
const CREATIVE_STREAM_PATH = /^(.*?)\/console\/creative-stream\/([^/]+)\/flow\/([^/]+)\/execute\/([^/]+)(?:\/.*)?$/;
const HISTORY_PATH = /^(.*?)\/console\/pipeline\/([^/]+)\/([^/]+)\/history(?:\/.*)?$/;
const LINK_CAP = 4_096;
function parseLink(link) {
  if (link.length > LINK_CAP || !URL.canParse(link)) return undefined;
  const url = new URL(link);
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return undefined;
  const match = PIPELINE_PATH.exec(url.pathname) ?? CREATIVE_STREAM_PATH.exec(url.pathname) ?? historyMatch(url);
  if (!match) return undefined;
  const [projectId, pipelineId, buildId] = match.slice(2, 5).map(decodeSegment);
  if (!projectId || !pipelineId || !buildId) return undefined;
  if (match[1]?.includes('@')) return undefined;
  return { consoleUrl: `${url.origin}${match[1] ?? ''}`, projectId, pipelineId, buildId };
}
function historyMatch({ pathname, hash }) {
  const path = HISTORY_PATH.exec(pathname);
  return path && /^#b-\w+$/.test(hash) ? [...path, hash.slice(1)] : undefined;
}
const PIPELINE_PAGES = new Map([
  ['history', 'history of a pipeline'],
  ['edit', 'edit page of a pipeline'],
  ['preview', 'start page of a pipeline'],
]);
function pageOf(link) {
  if (link.length > LINK_CAP || !URL.canParse(link)) return undefined;
  const match = /\/console\/pipeline\/[^/]+(?:\/([^/]+)(?:\/([^/]+))?)?/.exec(new URL(link).pathname);
  if (!match) return undefined;
  const [, pipelineId = 'list', page = 'history'] = match;
  return pipelineId === 'list' ? 'list of pipelines' : PIPELINE_PAGES.get(page);
}
function decodeSegment(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}

;// CONCATENATED MODULE: ./build/report/record.js


function linkOf({ consoleUrl, build, executeCount, phase }) {
  if (consoleUrl === undefined || build === undefined) return undefined;
  return buildLink(consoleUrl, build, phase === 'sending' ? undefined : executeCount);
}
function buildNameOf({ buildNumber, statusBefore, build }) {
  return buildName(buildNumber ?? statusBefore?.buildNumber, build?.buildId ?? '');
}
function causesOf({ failedTasks }) {
  return failedTasks.filter(({ tolerated }) => !tolerated);
}
function unreadLogs({ logs, failedTasks }) {
  const withLogs = causesOf({ failedTasks }).filter(({ taskId }) => taskId !== '');
  return logs.length === 0 ? 0 : Math.max(0, withLogs.length - logs.length);
}

;// CONCATENATED MODULE: ./build/model/execution.js


function whoseExecution({ baseline, executeCount, username }, status) {
  if (executeCount !== undefined && status.executeCount !== undefined) {
    if (status.executeCount !== executeCount) return status.executeCount > executeCount ? 'newer' : 'before ours';
  } else if (baseline && !movedSince(baseline, status)) return 'before ours';
  return otherStarter(status, username) === undefined ? 'ours' : "somebody else's";
}
function movedSince(before, now) {
  if (before.executeCount !== undefined && now.executeCount !== undefined) {
    return now.executeCount > before.executeCount;
  }
  return (
    isLater(before.queueTime, now.queueTime) ||
    isLater(before.endTime, now.endTime) ||
    (isFinished(before) && !isFinished(now))
  );
}
function isLater(before, now) {
  return before !== undefined && now !== undefined && before > 0 && now > before;
}
function expectedExecution(baseline, insideRunning) {
  if (baseline?.executeCount === undefined) return undefined;
  return insideRunning ? baseline.executeCount : baseline.executeCount + 1;
}
function otherStarter({ startedBy }, username) {
  return startedBy !== undefined && username !== undefined && startedBy !== username
    ? oneLine(startedBy, 80)
    : undefined;
}

;// CONCATENATED MODULE: ./build/report/wording/headline.js



function failedHeadline({ gateRefused }, record, show) {
  if (!gateRefused) return failedAgain(record) ? 'failed again' : 'failed';
  const gate = record.lastStatus && refusedGate(record.lastStatus);
  return `was refused at ${gate ? `the gate of ${show(gate.name)}` : 'a stage gate'}`;
}
function errorHeadline({ leavesDoubt }, { accepted }) {
  if (leavesDoubt) return `may have been retried${accepted ? ' again' : ''}`;
  return accepted ? 'was retried, but its end is not known' : 'was not retried';
}
function timeoutHeadline({ stop, ended }) {
  if (ended && !wasStopped(ended)) return 'ended too late';
  switch (stop?.kind) {
    case 'sent':
    case 'unanswered':
      return `has not ended in time and was ${ended ? 'stopped' : 'asked to stop'}`;
    case 'too-soon':
      return `has not ended in time and ${ended ? 'was' : 'could not be'} stopped`;
    case 'failed':
    case 'undelivered':
      return 'has not ended in time and could not be stopped';
    default:
      return 'has not ended in time';
  }
}
const CANCELLED = 'the step was cancelled';
function abortHeadline({ stop }, { phase, accepted }) {
  if (stop?.kind === 'undelivered') return 'could not be stopped yet';
  if (stop?.kind === 'unanswered') return 'was asked to stop, without an answer';
  if (stop) return stop.kind === 'unnecessary' ? 'was not stopped' : 'goes on: it could not be stopped';
  switch (phase) {
    case 'idle':
      return `was not retried: ${CANCELLED}`;
    case 'sending':
      return `may have been retried${accepted ? ' again' : ''}: ${CANCELLED}`;
    case 'running':
      return 'goes on without this step';
    case 'ended':
      return `had ended when ${CANCELLED}`;
  }
}
function failedAgain({ statusBefore, accepted }) {
  return accepted !== undefined && statusBefore !== undefined && meaningOfBuild(statusBefore) === 'failed';
}
function isNewerThanOurs({ accepted, lastStatus }) {
  return lastStatus !== undefined && whoseExecution({ executeCount: accepted?.executeCount }, lastStatus) === 'newer';
}

;// CONCATENATED MODULE: ./build/inputs/names.js
const INPUT_NAMES = [
  'apiUrl',
  'projectId',
  'pipelineId',
  'buildId',
  'buildNumber',
  'buildUrl',
  'ref',
  'checkApp',
  'githubToken',
  'taskId',
  'failedContainer',
  'skip',
  'channelCode',
  'username',
  'accessToken',
  'appCode',
  'appSecret',
  'headers',
  'language',
  'consoleUrl',
  'onlyIfFailed',
  'retryOn',
  'maxExecuteCount',
  'dryRun',
  'wait',
  'timeoutMinutes',
  'pollSeconds',
  'maxAttempts',
  'retryDelaySeconds',
  'stopOnAbort',
  'logLines',
];

;// CONCATENATED MODULE: ./build/report/summary/markdown.js


function markdown_plain(text, max = 200) {
  return escapeStart(escapeText(oneLine(text, max)));
}
const QUOTE_OR_ADDRESS = /(“[^”]*”|https?:\/\/\S+)/;
const [CAMEL, WORDS] = [true, false].map((wanted) =>
  INPUT_NAMES.filter((name) => (/[A-Z]/.test(name) || name === 'username') === wanted).join('|'),
);
const INPUT = new RegExp(`\\b((?:${CAMEL})\\b(?:: (?:true|false)\\b)?|(?:${WORDS})(?:: (?:true|false)\\b|(?=: )))`);
function prose(sentence, max = 1000) {
  const named = (part) => part.split(INPUT).map((piece, index) => (index % 2 === 1 ? code(piece) : escapeText(piece)));
  const parts = oneLine(sentence, max).split(QUOTE_OR_ADDRESS);
  return escapeStart(parts.flatMap((part, index) => (index % 2 === 1 ? escapeText(part) : named(part))).join(''));
}
function code(text) {
  if (/^[\w-]+(?:: [\w-]+)?$/.test(text) && text.length <= 80) return `\`${text}\``;
  const shown = markdown_plain(text, 80);
  return shown === '' ? '' : `<code>${shown}</code>`;
}
function markdown_link(markdown, address) {
  return `[${markdown}](<${address.replace(/[<>\s]/g, encodeURIComponent)}>)`;
}
function preformatted(lines) {
  const text = lines.flatMap((line) => cleanLines(line)).map((line) => escapeHtml(cap(line, 500)));
  return ['<pre>', ...text, '</pre>'].join('\n');
}
function table(columns, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const rule = columns.map(({ align }) => (align === 'l' ? ':--' : '--:'));
  return [line(columns.map(({ title }) => title)), line(rule), ...rows.map(line)].join('\n');
}
function capDocument(paragraphs, max) {
  const kept = [];
  let size = 0;
  for (const paragraph of paragraphs) {
    size += Buffer.byteLength(paragraph, 'utf8') + 2;
    if (size > max - 100) return [...kept, 'The rest is in the log of this step.', ''].join('\n\n');
    kept.push(paragraph);
  }
  return [...kept, ''].join('\n\n');
}
const LIST_MARKER = /^(?:[-+=]|\d{1,9}[.)])/;
function escapeStart(markdown) {
  return markdown.replace(LIST_MARKER, (marker) => [...marker].map((char) => `&#${char.charCodeAt(0)};`).join(''));
}
function escapeText(text) {
  const parts = text.split(/([&<>"'])/);
  return parts.map((part, index) => (index % 2 === 1 ? escapeHtml(part) : escapeMarkdown(part))).join('');
}
const AT = '&#64;';
function escapeMarkdown(text) {
  const entities = text.replace(/[\\`*_[\]#!|~@$]|:(?!\s)|(?<=www)\./gi, (char) => `&#${char.charCodeAt(0)};`);
  return entities.replaceAll(AT, `${AT}<!-- -->`);
}
const HTML_ENTITIES = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (char) => HTML_ENTITIES[char] ?? '');
}

;// CONCATENATED MODULE: ./build/report/summary/build-line.js







function stateParts(record) {
  const status = record.lastStatus ?? (record.accepted ? undefined : record.statusBefore);
  if (!status) return [];
  return [
    statePart(status),
    executionPart(record),
    status.startedBy ? `started by ${markdown_plain(status.startedBy, 80)}` : '',
  ];
}
function retriedParts(record) {
  return [executionPart(record), retriedPart(record), 'not followed, so its result is not known here'];
}
function unneededParts({ why }, record) {
  return [executionPart(record), markdown_plain(why, 300)];
}
function foundParts(record) {
  return [...stateParts(record), foundPart(record)];
}
function succeededParts(record) {
  return [executionPart(record), timePart(record), retriedPart(record), otherPart(record)];
}
function failedParts({ gateRefused }, record) {
  return [executionPart(record), failedPart(gateRefused, record), otherPart(record)];
}
function endedParts(status, record) {
  return [executionPart(record), statePart(status), otherPart(record)];
}
function abortParts(record) {
  const { phase, lastStatus, statusBefore, plan } = record;
  if (phase === 'idle') return stateParts(record);
  if (phase !== 'sending') return [executionPart(record), timePart(record), statePart(lastStatus), otherPart(record)];
  const state = statusBefore ? `last seen: ${statePart(statusBefore)}` : '';
  const execution = statusBefore?.executeCount === undefined ? '' : `execution ${statusBefore.executeCount}`;
  return [state, execution, plan ? `asked for: ${markdown_plain(plan.target, 300)}` : ''];
}
function footnote({ plan, accepted, maxAttempts, username, firstStartedBy, workflowRun }) {
  if (!plan || !accepted) return [];
  const verb = accepted.startedByOther ? 'Asked for' : plan.verb === 'Skip' ? 'Skipped' : 'Retried';
  const parts = [
    `${verb}: ${whatWasSent(plan)}`,
    `attempt ${accepted.count} of ${maxAttempts}`,
    username ? `as ${markdown_plain(username, 80)}` : '',
    firstStartedBy ? `first started by ${markdown_plain(firstStartedBy, 80)}` : '',
    workflowRun ? markdown_link('by this workflow run', workflowRun) : '',
  ];
  return [`<sub>${parts.filter(Boolean).join(' · ')}</sub>`];
}
function executionPart({ executeCount }) {
  return executeCount === undefined ? '' : `execution ${executeCount}`;
}
function timePart({ elapsedMs }) {
  return elapsedMs === undefined ? '' : `after ${duration(elapsedMs)}`;
}
function statePart(status) {
  return status ? markdown_plain(stateOf(status)) : '';
}
function retriedPart(record) {
  const { plan, accepted } = record;
  if (!plan) return '';
  const verb = accepted?.startedByOther ? 'asked for' : plan.verb === 'Skip' ? 'skipped' : 'retried';
  const as = isNewerThanOurs(record) ? ` as execution ${accepted?.executeCount}` : '';
  return `${verb}${as}: ${markdown_plain(plan.target, 300)}`;
}
function otherPart(record) {
  if (!isNewerThanOurs(record)) return '';
  const { startedBy } = record.lastStatus ?? {};
  return `${executionPart(record)} was started by ${startedBy ? markdown_plain(startedBy, 80) : 'somebody else'}`;
}
function foundPart({ plan }) {
  return plan ? `would ${plan.verb === 'Skip' ? 'skip' : 'retry'}: ${whatWasSent(plan)}` : '';
}
function whatWasSent({ target, parameters: { taskId, failedContainer, skip } }) {
  const sent = [
    taskId ? code(`taskId: ${oneLine(taskId)}`) : '',
    failedContainer ? code('failedContainer: true') : '',
    skip ? code('skip: true') : '',
  ].filter(Boolean);
  return `${markdown_plain(target, 300)}${sent.length > 0 ? ` (${sent.join(', ')})` : ''}`;
}
function failedPart(gateRefused, record) {
  const stage = causesOf(record)[0]?.stageName;
  const verb = gateRefused ? 'ended' : stage ? `failed in **${markdown_plain(stage, 80)}**` : 'failed';
  const reason = record.lastStatus && !gateRefused ? failureReason(record.lastStatus) : '';
  return [verb, timePart(record), reason === '' ? '' : `(${markdown_plain(reason, 100)})`].filter(Boolean).join(' ');
}

;// CONCATENATED MODULE: ./build/report/summary/sections.js






const CAUSES_SHOWN = 3;
function causes(record) {
  const isOpen = shownLogs(record).length === 1;
  return causesOf(record)
    .slice(0, CAUSES_SHOWN)
    .flatMap((task) => [causeParagraph(task), ...logsOf(task, record).map((log) => logSection(log, isOpen))]);
}
function otherFailures({ failedTasks }) {
  const others = causesOf({ failedTasks }).slice(CAUSES_SHOWN);
  return [...others, ...failedTasks.filter(({ tolerated }) => tolerated)];
}
function causeParagraph(task) {
  const kind = [kindOf(task.errorType), task.errorCode ?? ''].filter((part) => part !== '').join(' ');
  const reasons = new Set([isOfMachine(task) ? NO_MACHINE : '', task.errorMessage].filter(Boolean));
  const why = [...reasons].map((reason) => `: ${markdown_plain(reason, 500)}`).join('');
  const place = taskPlace(task).map((name) => markdown_plain(name));
  const name = task.taskId === '' ? capitalized(taskName(task)) : taskName(task);
  const what = `**${markdown_plain(name)}**${place.length > 0 ? ` in ${place.join(' › ')}` : ''}${why}`;
  return [`${what}${kind === '' ? '' : ` (${markdown_plain(kind)})`}`, nextStep(task)].filter(Boolean).join('<br>');
}
function nextStep(task) {
  const { taskId, taskName: name, containerId, stageId, canBeSkipped, isInMatrix } = task;
  if (isInMatrix || isQualityGate(task)) return '';
  const id = taskId || (name === '' ? containerId || stageId : '');
  if (id === '') return '';
  const retry = `Retry only this: ${code(`taskId: ${oneLine(id)}`)}`;
  return canBeSkipped ? `${retry} · Skip it: add ${code('skip: true')}` : retry;
}
function otherLogs(record) {
  const shown = causesOf(record).slice(0, CAUSES_SHOWN);
  const isFirst = ({ task }) => shown.some((each) => isSame(each, task));
  const missing = record.logs.flatMap(({ task, missing: why }) =>
    why === undefined ? [] : [`The log of ${markdown_plain(taskPath(task), 300)} is not shown: ${markdown_plain(why)}.`],
  );
  const unread = unreadLogs(record);
  const more = unread > 0 ? [`The logs of ${plural(unread, 'more failed plug-in')} are not shown: see the build.`] : [];
  const notes = [...missing, ...more].join('<br>');
  const others = shownLogs(record).filter((log) => !isFirst(log));
  return [...others.map((log) => logSection(log, false)), notes].filter(Boolean);
}
function logsOf(failure, record) {
  return shownLogs(record).filter(({ task }) => isSame(failure, task));
}
function isSame(one, other) {
  return one.taskId === other.taskId && one.containerId === other.containerId && one.stageId === other.stageId;
}
function shownLogs({ logs }) {
  return logs.filter(({ missing }) => missing === undefined);
}
const LOG_LINES_SHOWN = 20;
function logSection({ task, lines }, open) {
  const last = lines.slice(-LOG_LINES_SHOWN);
  const caption = `Log of ${markdown_plain(taskPath(task), 300)}, last ${plural(last.length, 'line')}`;
  return [
    `<details${open ? ' open' : ''}>`,
    `<summary>${caption}</summary>`,
    '',
    preformatted(last),
    '',
    '</details>',
  ].join('\n');
}
function sentenceParagraph(sentence) {
  return prose(sentence.replace(/(?<=\bbuild )#(?=\d)/gi, ''));
}
function errorParagraph({ text, code: errorCode }, record) {
  const { candidates = [], pages } = record;
  const { problem, consequence, remedy = '', list = [] } = text;
  const lines = candidates.length > 1 ? [] : list;
  const shownRemedy = linkOf(record) === undefined ? remedy : remedy.replace(/ ?https?:\/\/\S+$/, '');
  const sentence = consequence === undefined ? problem : `${problem}; ${consequence}`;
  const name = `\`${errorCode}\``;
  const page = pages === undefined ? name : markdown_link(name, `${pages}/TROUBLESHOOTING.md#${errorCode}`);
  const shown =
    remedy === ''
      ? [`${sentence}${lines.length > 0 ? ':' : '.'}`]
      : [
          `${sentence}.`,
          lines.length > 0
            ? `${shownRemedy}:`
            : candidates.length > 1 && list.length > 0
              ? `${shownRemedy}.`
              : shownRemedy,
        ];
  return [...[...shown, ...lines].filter(Boolean).map(sentenceParagraph), page].join('<br>');
}
function candidateList({ candidates = [] }) {
  if (candidates.length < 2) return [];
  const items = candidates.slice(0, 50).map(({ name, buildUrl, buildId }) => {
    return buildUrl === '' ? `- ${markdown_plain(name)} ${code(buildId)}` : `- ${markdown_link(markdown_plain(name), buildUrl)}`;
  });
  return [items.join('\n')];
}
function doubtNote({ accepted }) {
  if (!accepted?.startedByOther) return [];
  return [
    'Somebody else may have started this execution; it is not known whether the retry of this step took effect as well.',
  ];
}

;// CONCATENATED MODULE: ./build/report/summary/tables.js






const MAX_TASKS = 20;
function failedTable(failedTasks, title) {
  if (failedTasks.length === 0) return [];
  const columns = [
    { title, align: 'l' },
    { title: 'Reason', align: 'l' },
    { title: 'Kind', align: 'l' },
    { title: 'Code', align: 'r' },
    { title: '`taskId`', align: 'l' },
  ];
  const rows = failedTasks
    .slice(0, MAX_TASKS)
    .map((task) => [
      [...taskPlace(task).map((name) => markdown_plain(name)), `**${markdown_plain(taskName(task))}**`].join(' › '),
      markdown_plain(task.errorMessage, 200),
      markdown_plain([kindOf(task.errorType), task.tolerated ? 'tolerated' : ''].filter(Boolean).join(', ')),
      String(task.errorCode ?? ''),
      code(task.taskId),
    ]);
  const more = failedTasks.length - rows.length;
  return [table(columns, rows), ...(more > 0 ? [`… and ${more} more`] : [])];
}
function attemptTable({ attempts }) {
  if (attempts.length < 2) return [];
  const columns = [
    { title: 'Attempt', align: 'r' },
    { title: 'Execution', align: 'r' },
    { title: 'Failed in', align: 'l' },
    { title: 'Time', align: 'r' },
  ];
  const rows = attempts.map(({ executeCount, failedIn, durationMs }, index) => [
    String(index + 1),
    String(executeCount ?? ''),
    markdown_plain(failedIn, 200),
    stopwatch(durationMs),
  ]);
  return [table(columns, rows)];
}
function stageTable(record) {
  const shown = record.stages.filter(({ id }) => id !== TRIGGER_STAGE).slice(0, 50);
  if (shown.length === 0) return [];
  const rows = shown.map((stage) => stageRow(stage, record));
  const longest = Math.max(...rows.map(({ time = 0 }) => time));
  const hasBefore = rows.some(({ before }) => before !== undefined);
  const columns = [
    { title: 'Stage', align: 'l' },
    { title: 'State', align: 'l' },
    { title: 'Time', align: 'r' },
    { title: '', align: 'l' },
    ...(hasBefore ? [{ title: 'Before', align: 'r' }] : []),
  ];
  const cells = rows.map(({ name, state, time, before }) => [
    name,
    state,
    time === undefined ? '' : stopwatch(time),
    time === undefined ? '' : bar(time, longest),
    ...(hasBefore ? [before === undefined ? '' : stopwatch(before)] : []),
  ]);
  return [table(columns, cells)];
}
const BAR_LENGTH = 8;
function bar(time, longest) {
  const filled = Math.min(BAR_LENGTH, Math.max(1, Math.round((BAR_LENGTH * time) / longest)));
  return '▇'.repeat(filled) + '▁'.repeat(BAR_LENGTH - filled);
}
function stageRow(stage, record) {
  const { executeCount, lastStatus, statusBefore, accepted, failedTasks } = record;
  const name = markdown_plain(stage.name, 80);
  const meaning = meaningOfPart(stage.status);
  if (lastStatus && refusedGate(lastStatus)?.stageId === stage.id) return { name, state: 'gate refused' };
  if (failedTasks.some((task) => isQualityGate(task) && task.stageId === stage.id)) {
    return { name, state: '**quality gate not passed**' };
  }
  if (meaning === 'not run') return { name, state: 'not reached' };
  if (stage.executeCount !== undefined && executeCount !== undefined && stage.executeCount < executeCount) {
    return { name, state: `kept from execution ${stage.executeCount}` };
  }
  if (meaning === 'waits for a person') return { name, state: waitingState(stage) };
  const state = meaning === 'unknown' ? markdown_plain(stage.status ?? '', 40) : meaning === 'failed' ? '**failed**' : meaning;
  const time = stage.durationMs || undefined;
  const before = accepted && statusBefore?.stages.find(({ stageId }) => stageId === stage.id)?.durationMs;
  return { name, state, time, before: time === undefined ? undefined : before || undefined };
}
function waitingState({ reviewers }) {
  const names = reviewers.slice(0, 5).map((reviewer) => markdown_plain(reviewer, 80));
  const more = reviewers.length > names.length ? [`${reviewers.length - names.length} more`] : [];
  return names.length === 0 ? 'waits for approval' : `waits for approval (${[...names, ...more].join(', ')})`;
}

;// CONCATENATED MODULE: ./build/report/wording/sentence.js








function failedSentence({ gateRefused }, record) {
  const name = buildNameOf(record);
  if (gateRefused) {
    const gate = record.lastStatus && refusedGate(record.lastStatus);
    const place = gate ? `the gate of stage ${oneLine(gate.name, 80)}` : 'a stage gate';
    return `Build ${name} ended at ${place}${executionAndTime(record)}: the gate was refused, so what follows did not run.`;
  }
  const [first, ...others] = causesOf(record);
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  const failedIn = first ? `: ${taskSentence(first)}${more}` : '';
  const reason = record.lastStatus ? failureReason(record.lastStatus) : '';
  const verb = `${failedAgain(record) ? 'failed again' : 'failed'}${reason === '' ? '' : ` (${oneLine(reason, 100)})`}`;
  return `Build ${name} ${verb}${executionAndTime(record)}${failedIn}.`;
}
function cancelledSentence({ hasRun }, record) {
  const where = hasRun ? '' : ' in the queue';
  const reason = record.lastStatus?.errors.find(({ errorMessage }) => errorMessage)?.errorMessage ?? '';
  const cause = !hasRun
    ? ' The queue may have been full, or its concurrency group may have cancelled it.'
    : reason === ''
      ? ''
      : ` BK-CI gives a reason: ${quote(reason, 300)}.`;
  return `Build ${buildNameOf(record)} was cancelled${where}${executionAndTime(record)}.${cause} It is not retried again, because it was cancelled.`;
}
function stoppedSentence(record) {
  return `The step was cancelled and BK-CI was asked to stop build ${buildNameOf(record)}${executionAndTime(record)}.`;
}
const POST_RETRIES_STOP = 'the post step of this action tries once more.';
function timeoutSentence({ status, stop, ended }, record) {
  const lastSeen = status ?? (ended ? undefined : record.lastStatus);
  const state = lastSeen ? ` (${stateOf(lastSeen)})` : '';
  const auxiliary = stop?.kind === 'unnecessary' || (ended && !wasStopped(ended)) ? 'had' : 'has';
  const stopped = stop ? afterTimeout(stop, ended) : '. It goes on without this step.';
  return `Build ${buildNameOf(record)} ${auxiliary} not ended after ${duration(record.elapsedMs ?? 0)}${state}${stopped}`;
}
function executionAndTime({ executeCount, elapsedMs }) {
  const execution = executeCount === undefined ? '' : `, execution ${executeCount}`;
  return `${execution}${elapsedMs === undefined ? '' : `, after ${duration(elapsedMs)}`}`;
}
function afterTimeout(stop, ended) {
  if (ended) return afterStop(stop, ended);
  switch (stop.kind) {
    case 'failed':
    case 'too-soon':
      return `. It could not be stopped: ${stop.why}`;
    case 'undelivered':
      return `. It could not be stopped (${stop.why}); ${POST_RETRIES_STOP}`;
    case 'unnecessary':
      return `. It was not stopped: ${stop.why}.`;
    case 'unanswered':
      return ` and was asked to stop, but ${stop.why}.`;
    case 'sent':
      return ' and was asked to stop; whether it did is not known here.';
  }
}
function afterStop({ kind }, ended) {
  if (wasStopped(ended))
    return kind === 'too-soon' ? ', was being stopped already, and has ended.' : ' and was stopped.';
  const asked = kind === 'too-soon' ? '' : ', was asked to stop';
  const how = meaningOfBuild(ended) === 'succeeded' ? 'ended by itself' : 'ended';
  return `${asked}, and ${how}: ${stateOf(ended)}.`;
}
function abortSentence(outcome, record) {
  const { stop } = outcome;
  const name = buildNameOf(record);
  if (stop?.kind === 'unnecessary') return `The step was cancelled. Build ${name} was not stopped: ${stop.why}.`;
  if (stop?.kind === 'undelivered')
    return `The step was cancelled. Build ${name} could not be stopped (${stop.why}); ${POST_RETRIES_STOP}`;
  if (stop?.kind === 'unanswered')
    return `The step was cancelled and BK-CI was asked to stop build ${name}, but ${stop.why}. Check whether it goes on.`;
  if (stop?.kind === 'failed' || stop?.kind === 'too-soon')
    return `The step was cancelled. Build ${name} could not be stopped: ${stop.why}`;
  switch (record.phase) {
    case 'idle':
      if (!record.build) return 'The step was cancelled before anything was sent.';
      return record.plan
        ? `The step was cancelled before BK-CI got the retry, so build ${name} was not retried.`
        : `The step was cancelled; no retry of build ${name} was accepted.`;
    case 'sending':
      return abortedWhileSending(outcome, record);
    case 'running':
      return `The step was cancelled. Build ${name} goes on without it.`;
    case 'ended':
      return `The step was cancelled. Build ${name} had ended already${record.lastStatus ? ` (${stateOf(record.lastStatus)})` : ''}.`;
  }
}
function abortedWhileSending({ postLooks }, record) {
  const again = record.accepted ? ' again' : '';
  const postCanTell = record.statusBefore !== undefined && isFinished(record.statusBefore);
  const postNote =
    postLooks && postCanTell
      ? ' The post step of this action checks it too, and stops the build if it was retried.'
      : '';
  return `The step was cancelled while waiting for the answer, so it is not known whether build ${buildNameOf(record)} was retried${again}. Open the build: ${howToTell(record.statusBefore)}${postNote}`;
}

;// CONCATENATED MODULE: ./build/report/outcomes.js









const OUTCOMES = {
  retried: {
    mark: () => '🔁',
    green: 'Done',
    sentence: () => 'the build runs and is not followed (wait: false)',
    headline: (_, { plan }) => (plan?.verb === 'Skip' ? 'goes on after a skip' : 'was retried'),
    parts: (_, record) => retriedParts(record),
    body: (_, record) => doubtNote(record),
  },
  'not-needed': {
    mark: () => '✅',
    green: 'Done',
    sentence: ({ why }) => `nothing to retry: ${why}`,
    headline: () => 'needs no retry',
    headingWithoutBuild: () => 'No BK-CI build needs a retry',
    parts: unneededParts,
    body: ({ why }, { build }) => (build ? [] : [sentenceParagraph(`${capitalized(why)}.`)]),
  },
  found: {
    mark: () => '✅',
    green: 'Done',
    sentence: () => 'nothing was sent (dryRun: true)',
    headline: () => 'was found, and nothing was sent',
    headingWithoutBuild: ({ candidates = [] }) =>
      `${candidates.length} failed BK-CI builds were found, and nothing was sent`,
    parts: (_, record) => foundParts(record),
    body: (_, record) => [...doubtNote(record), ...candidateList(record)],
  },
  succeeded: {
    mark: () => '✅',
    green: 'Succeeded',
    sentence: (_, record) => `build ${buildNameOf(record)}${executionAndTime(record)}`,
    headline: () => 'succeeded',
    parts: (_, record) => succeededParts(record),
    body: (_, record) => [...doubtNote(record), ...stageTable(record)],
  },
  failed: {
    mark: () => '❌',
    sentence: failedSentence,
    headline: failedHeadline,
    parts: failedParts,
    body: ({ gateRefused }, record) => [
      ...doubtNote(record),
      ...(gateRefused ? ['The gate was refused, so what follows did not run.'] : []),
      ...causes(record),
      ...otherLogs(record),
      ...failedTable(otherFailures(record), 'Failed too'),
      ...attemptTable(record),
      ...stageTable(record),
      ...footnote(record),
    ],
  },
  cancelled: {
    mark: () => '⏹',
    sentence: cancelledSentence,
    headline: ({ hasRun }) => (hasRun ? 'was cancelled' : 'was cancelled in the queue'),
    parts: ({ hasRun }, record) =>
      endedParts(record.lastStatus && (hasRun ? record.lastStatus : { ...record.lastStatus, stages: [] }), record),
    body: (outcome, record) => unendedBody(cancelledSentence(outcome, record), record),
  },
  'timed-out': {
    mark: (_, { lastStatus }) => (lastStatus && gateOf(lastStatus) ? '⏸' : '⏱'),
    sentence: timeoutSentence,
    headline: timeoutHeadline,
    parts: ({ ended }, record) => endedParts(ended, record),
    body: (outcome, record) => unendedBody(timeoutSentence(outcome, record), record),
  },
  stopped: {
    mark: () => '⏹',
    sentence: (_, record) => stoppedSentence(record),
    headline: () => 'was asked to stop',
    parts: (_, record) => endedParts(record.lastStatus, record),
    body: (_, record) => unendedBody(stoppedSentence(record), record),
  },
  aborted: {
    mark: () => '⏹',
    sentence: abortSentence,
    headline: abortHeadline,
    headingWithoutBuild: () => 'No BK-CI build was retried: the step was cancelled',
    parts: (_, record) => abortParts(record),
    body: (outcome, record) => unendedBody(abortSentence(outcome, record), record),
  },
};
const ERROR = {
  mark: () => '❌',
  sentence: ({ message }) => message,
  headline: errorHeadline,
  parts: (_, record) => stateParts(record),
  body: (error, record) => [
    ...doubtNote(record),
    errorParagraph(error, record),
    ...(error.code === 'not-retryable' && record.failedTasks.length > 1
      ? failedTable(record.failedTasks, 'Failed')
      : []),
    ...candidateList(record),
  ],
};
function unendedBody(sentence, record) {
  return [
    ...doubtNote(record),
    sentenceParagraph(sentence),
    ...attemptTable(record),
    ...stageTable(record),
    ...footnote(record),
  ];
}
function textOf(conclusion) {
  const text = conclusion instanceof ActionError ? ERROR : OUTCOMES[conclusion.result];
  return text;
}
function isGreen(conclusion) {
  return textOf(conclusion).green !== undefined;
}

;// CONCATENATED MODULE: ./build/report/annotations.js







const TASKS_SHOWN = 9;
function verdictOf(outcome, record) {
  const { green, sentence } = textOf(outcome);
  if (green !== undefined) return { line: logLine(green, sentence(outcome, record)) };
  const tasks = outcome.result === 'failed' ? causesOf(record).slice(0, TASKS_SHOWN) : [];
  return { errors: [...tasks.map((task) => taskError(task, record)), verdictError(outcome, record)] };
}
const OWN_TITLE = 'Retry BK-CI build';
const MESSAGE_CAP = 3_900;
function errorAnnotation(error) {
  return { title: OWN_TITLE, message: `${cap(error.message, MESSAGE_CAP)} [${error.code}]` };
}
function lostOutputsError({ problem, lost }, conclusion, record) {
  if (!problem) return undefined;
  const { problem: clause, remedy } = problem.text;
  if (conclusion instanceof ActionError && conclusion.text.problem === clause) return undefined;
  const missing = `${clause}, so later steps don't get ${listed(lost)}`;
  if (!record.accepted) return { title: OWN_TITLE, message: `${missing}. ${remedy} [${problem.code}]` };
  const address = linkOf(record);
  const message = `The retry of build ${buildNameOf(record)} was accepted. ${missing}. Running this step again would retry the build once more.`;
  return { title: OWN_TITLE, message: `${message}${address === undefined ? '' : ` ${address}`} [${problem.code}]` };
}
function taskError(task, record) {
  const notes = [task.errorCode === null ? '' : `code ${task.errorCode}`, kindOf(task.errorType)].filter(Boolean);
  const sentence = taskSentence(task, 'failed');
  const head = task.taskId === '' ? capitalized(sentence) : sentence;
  const why = taskReason(task, 1500);
  return {
    title: `BK-CI ${buildNameOf(record)}: ${taskPath(task)}`,
    message: `${[head, why].filter(Boolean).join(': ')}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`,
  };
}
function verdictError(outcome, record) {
  const { headline, sentence } = textOf(outcome);
  const message = sentence(outcome, record);
  const address = linkOf(record);
  const heading = headline(outcome, record, (name) => oneLine(name, 80));
  return {
    title: record.build ? `BK-CI ${buildNameOf(record)} ${heading}` : OWN_TITLE,
    message: address === undefined ? message : `${message} ${address}`,
  };
}

;// CONCATENATED MODULE: ./build/report/outputs.js



const EMPTY = {
  buildId: '',
  projectId: '',
  pipelineId: '',
  buildNumber: '',
  buildUrl: '',
  retried: 'false',
  executeCount: '',
  attempts: '0',
  result: '',
  reason: '',
  buildStatus: '',
  failedTasks: '[]',
  candidates: '[]',
  durationSeconds: '',
  status: '',
  message: '',
};
class Outputs {
  #runner;
  #written = new Map();
  #lost = new Set();
  #problem;
  constructor(runner) {
    this.#runner = runner;
  }
  get problem() {
    return this.#problem;
  }
  get lost() {
    return [...this.#lost];
  }
  probe() {
    const [first] = this.#written;
    if (first) this.#tryWrite(...first);
    return this.#problem;
  }
  update(values) {
    for (const [name, value] of Object.entries(values)) {
      const text = value === undefined ? EMPTY[name] : serialize(value);
      if (text !== (this.#written.get(name) ?? EMPTY[name])) this.#write(name, text);
    }
  }
  complete() {
    for (const [name, value] of Object.entries(EMPTY)) if (!this.#written.has(name)) this.#write(name, value);
  }
  #write(name, value) {
    this.#written.set(name, value);
    if (!this.#tryWrite(name, value)) this.#lost.add(name);
  }
  #tryWrite(name, value) {
    try {
      this.#runner.output(name, value);
      return true;
    } catch (error) {
      this.#problem = asActionError(error);
      return false;
    }
  }
}
function outputsOf(record) {
  const { build, buildNumber, executeCount, accepted, lastStatus, candidates } = record;
  return {
    ...build,
    buildNumber,
    buildUrl: linkOf(record),
    executeCount,
    candidates,
    buildStatus: lastStatus?.status,
    retried: accepted && true,
    attempts: accepted?.count,
    status: accepted?.response?.status,
    message: accepted?.response?.message,
  };
}
const outputs_TEXT_CAP = 1000;
const JSON_CAP = 60_000;
function serialize(value) {
  if (Array.isArray(value)) return cappedJson(mapTexts(value, (text) => inertLine(text, outputs_TEXT_CAP)));
  return typeof value === 'string' ? inertLine(value, outputs_TEXT_CAP) : String(value);
}
function cappedJson(entries) {
  const json = JSON.stringify(entries);
  return json.length <= JSON_CAP ? json : cappedJson(entries.slice(0, Math.floor(entries.length / 2)));
}

;// CONCATENATED MODULE: ./build/report/summary/summary.js



const MAX_BYTES = 128 * 1024;
function summaryOf(conclusion, record) {
  const body = textOf(conclusion).body(conclusion, record);
  return capDocument(
    [
      `## ${textOf(conclusion).mark(conclusion, record)} ${headingOf(conclusion, record)}`,
      ...buildLine(conclusion, record),
      ...body,
    ],
    MAX_BYTES,
  );
}
function headingOf(conclusion, record) {
  const { build, buildNumber } = record;
  const { headline, headingWithoutBuild } = textOf(conclusion);
  if (!build) return headingWithoutBuild?.(record) ?? 'No BK-CI build was retried';
  const name = buildNumber === undefined ? 'BK-CI build' : `BK-CI build ${buildNumber}`;
  return `${name} ${headline(conclusion, record, (stage) => markdown_plain(stage, 80))}`;
}
function buildLine(conclusion, record) {
  const { build, buildNumber, pipelineName } = record;
  if (!build) return [];
  const number = `build ${buildNumber ?? code(build.buildId)}`;
  const name = pipelineName === undefined ? undefined : markdown_plain(pipelineName, 80);
  const title = name ? `**${name}, ${number}**` : `**${number} in project ${markdown_plain(build.projectId, 80)}**`;
  const address = linkOf(record);
  const parts = textOf(conclusion).parts(conclusion, record);
  return [[address === undefined ? title : markdown_link(title, address), ...parts].filter(Boolean).join(' · ')];
}

;// CONCATENATED MODULE: ./build/report/publish.js









async function publish({ runner, outputs, readRest }, ended, known) {
  const record = mapTexts(known, runner.redact);
  const conclusion = ended instanceof ActionError ? ended.redacted(runner.redact) : mapTexts(ended, runner.redact);
  outputs.update({ ...outputsOf(record), ...finalOutputs(conclusion, record) });
  outputs.complete();
  const lost = lostOutputsError(outputs, conclusion, record);
  if (lost) runner.annotate('error', lost.message, lost.title);
  if (conclusion instanceof ActionError) logError(runner, conclusion);
  else {
    const verdict = verdictOf(conclusion, record);
    if ('errors' in verdict) for (const { title, message } of verdict.errors) runner.annotate('error', message, title);
    const hasLogs = showLogs(runner, record);
    if ('line' in verdict) runner.info(verdict.line);
    else if (hasLogs) runner.info(logLine('Failed', verdict.errors.at(-1)?.message ?? ''));
  }
  const rest = readRest ? mapTexts(await readRest(), runner.redact) : {};
  await runner.writeSummary(summaryOf(conclusion, { ...record, ...rest }));
}
function finalOutputs(conclusion, record) {
  const duration = durationOf(record);
  if (!(conclusion instanceof ActionError)) {
    return {
      result: conclusion.result,
      ...(conclusion.result === 'retried' ? {} : duration),
      ...(conclusion.result === 'failed' ? { failedTasks: failedTasksOutput(record) } : {}),
    };
  }
  const { status, message } = conclusion.response ?? {};
  return {
    result: RESULT_OF_CODE[conclusion.code],
    reason: conclusion.code,
    ...(conclusion.code === 'not-retryable' ? { failedTasks: failedTasksOutput(record) } : {}),
    ...duration,
    ...(record.accepted ? {} : { status, message }),
  };
}
function failedTasksOutput({ failedTasks }) {
  return failedTasks.map(({ canBeSkipped: _, isInMatrix: __, ...task }) => task);
}
function durationOf({ elapsedMs, accepted }) {
  return elapsedMs === undefined || !accepted ? {} : { durationSeconds: Math.floor(elapsedMs / 1000) };
}
function logError(runner, error) {
  if (error.response && error.request !== undefined) {
    const requestLabel = error.request.startsWith('POST') ? 'Sent' : 'Look';
    const responseLabel = error.code === 'not-delivered' ? 'Answer' : 'Refused';
    for (const line of responseLines([requestLabel, responseLabel], error.request, error.response)) runner.info(line);
  }
  const { title, message } = errorAnnotation(error);
  runner.annotate('error', message, title);
}
function responseLines([requestLabel, responseLabel], request, response) {
  const id = response.requestId === undefined ? '' : `, request id ${oneLine(response.requestId, 100)}`;
  const message = quoteLines(response.message ?? '', 8).map(continuation);
  return [logLine(requestLabel, request), logLine(responseLabel, `HTTP ${response.http}${id}`), ...message];
}
function showLogs(runner, { logs, failedTasks }) {
  for (const { task, lines, missing } of logs) {
    const path = taskPath(task);
    if (missing !== undefined) runner.info(logLine('Log', `of ${path} is not shown: ${oneLine(missing)}`));
    else
      runner.group(
        `Log of ${path} (last ${plural(lines.length, 'line')})`,
        lines.map((line) => `| ${line}`),
      );
  }
  const unread = unreadLogs({ logs, failedTasks });
  if (unread > 0)
    runner.info(logLine('Log', `of ${plural(unread, 'more failed plug-in')} is not shown: see the build`));
  return logs.length > 0;
}

;// CONCATENATED MODULE: ./build/bkci/response.js


const response_MESSAGE_CAP = 2_000;
const PAGE_START = 20_000;
const JAVA_EXCEPTION = /\b(?:[a-z]\w{0,40}\.){2,10}[A-Z][\w$]{0,80}(?:Exception|Error)\b:? ?/g;
const INNER_REQUEST =
  /\b(executing|reading) ([A-Z]{3,7}) https?:\/\/[^\s?/]{1,300}(?:\/(?:[^\s?]{0,500}\/)?([\w-]{0,100}))?/;
const PLAIN_WORD = /^[\p{L}()]*[.,:;]?(?:\{0\})?$/u;
function parseResponse(response, secrets = []) {
  const redact = redactor(secrets);
  const common = {
    http: response.status,
    ...requestId(response, redact),
    ...redirectTo(response, redact),
    ...retryAfter(response),
    ...writtenByProxy(response),
    ...wantsTls(response),
  };
  const body = response.body.replace(/^\ufeff/, '').trim();
  if (body === '') return { ...common, form: 'empty' };
  const json = parseJson(body);
  if (json !== undefined) return { ...common, form: 'json', json, ...envelope(json, redact) };
  if (/^<[a-z!?]/i.test(body)) {
    return { ...common, form: 'html', ...pageTitle(redact(body)) };
  }
  const isBare = response.headers['content-type'] === undefined;
  return { ...common, form: 'text', ...(isBare ? { isBare } : {}), message: shownText(body, redact) };
}
function shownText(text, redact) {
  const words = cap(redact(text), response_MESSAGE_CAP).replace(JAVA_EXCEPTION, '');
  const [request, verb, method, operation = ''] = INNER_REQUEST.exec(words) ?? [];
  if (request === undefined) return words;
  const at = words.indexOf(request);
  const shownCause = words.slice(0, at).replace(/\S+/g, (word) => (PLAIN_WORD.test(word) ? word : '…'));
  const hasMore = /\s\S/.test(words.slice(at + request.length));
  return `${shownCause}${verb} ${method} …/${operation}${hasMore ? ' …' : ''}`;
}
function parseJson(body) {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
function envelope(json, redact) {
  if (typeof json !== 'object' || json === null) return {};
  const { status, code, message, data } = json;
  const gatewayCode = numeric(code) || undefined;
  const shownStatus = numeric(status) ?? gatewayCode;
  const shown = (value) => {
    const text = nonEmpty(value);
    return text === undefined ? undefined : shownText(text, redact);
  };
  return {
    status: shownStatus,
    gatewayCode,
    message: shown(message),
    dataText: shown(data),
  };
}
function nonEmpty(value) {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
function numeric(value) {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}
function pageTitle(html) {
  const start = html.slice(0, PAGE_START);
  const title = start.search(/<title/i);
  const from = title < 0 ? -1 : start.indexOf('>', title);
  if (from < 0) return {};
  const [text = ''] = start.slice(from + 1, from + 1 + response_MESSAGE_CAP).split('<', 1);
  return text.trim() === '' ? {} : { message: cap(text.trim(), 200) };
}
function requestId({ headers }, redact) {
  const id = headers['x-devops-rid'] ?? headers['x-bkapi-request-id'];
  return typeof id === 'string' && id !== '' ? { requestId: redact(id).slice(0, 100) } : {};
}
const PLAIN_HTTP_REFUSED =
  /plain HTTP request was sent to HTTPS port|speaking plain HTTP to an SSL-enabled server port|HTTP request to an HTTPS server|combination of host and port requires TLS/i;
function wantsTls({ status, body }) {
  return status === 400 && PLAIN_HTTP_REFUSED.test(body.slice(0, response_MESSAGE_CAP)) ? { wantsTls: true } : {};
}
function writtenByProxy(response) {
  const proxy = answeringProxy(response);
  return proxy === undefined ? {} : { proxy };
}
function redirectTo({ status, headers }, redact) {
  if (status < 300 || status > 399) return {};
  const base = 'https://the-same-host.invalid';
  const location = redact(headers.location ?? '');
  const origin = URL.canParse(location, base) ? new URL(location, base).origin : base;
  return { redirectTo: origin === base || origin === 'null' ? 'another path of the same host' : origin };
}
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
function retryAfter(response) {
  const retryAfterMs = byRetryAfter(response) ?? byRateLimit(response);
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}
function byRetryAfter({ headers }) {
  const value = headers['retry-after']?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  return HTTP_DATE.test(value) ? msUntil(Date.parse(value), headers) : undefined;
}
function byRateLimit({ status, headers }) {
  const header = (name) => String(headers[`x-bkapi-ratelimit-${name}`] ?? '').trim();
  const isUsedUp = status === 429 || header('remaining') === '0';
  const reset = header('reset');
  return isUsedUp && /^\d{1,9}(?:\.\d{1,9})?$/.test(reset) ? Math.ceil(Number(reset) * 1000) : undefined;
}
function msUntil(time, headers) {
  const wait = time - Date.parse(headers.date ?? '');
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

;// CONCATENATED MODULE: ./build/bkci/classify.js


function classify(exchange, secrets = []) {
  return 'failure' in exchange
    ? classifyFailure(exchange.failure)
    : classifyResponse(parseResponse(exchange.response, secrets));
}
const UNLIMITED = Number.POSITIVE_INFINITY;
const FAILURES = [
  { name: 'bad certificate, TLS or proxy variable: permanent', when: ({ code }) => isPermanent(code), sends: 1 },
  { name: 'unknown host: rarely temporary', when: ({ code }) => code === 'ENOTFOUND', sends: 2 },
  { name: 'no connection, or no answer', when: () => true, sends: UNLIMITED },
];
function classifyFailure(failure) {
  const { phase, tunnelRefusal, remedy, message: reason } = failure;
  if (phase === 'connecting' && tunnelRefusal && isFinalForProxy(tunnelRefusal.status)) {
    return { kind: 'refused', response: { http: tunnelRefusal.status, form: 'empty', proxy: tunnelRefusal.proxy } };
  }
  const { sends } = FAILURES.find((rule) => rule.when(failure)) ?? { sends: 1 };
  return phase === 'connecting'
    ? { kind: 'not-delivered', reason, remedy, sends }
    : { kind: 'answer-lost', reason, remedy, sends, answered: false };
}
function isFinalForProxy(status) {
  return status === 401 || status === 403 || status === 407;
}
const httpStatus =
  (low, high = low) =>
  (response) =>
    response.http >= low && response.http <= high;
const gatewayCode =
  (low, high = low) =>
  (response) =>
    response.gatewayCode !== undefined && response.gatewayCode >= low && response.gatewayCode <= high;
const RESPONSES = [
  {
    name: 'error of a proxy, perhaps after it forwarded the request',
    when: (response) => response.proxy !== undefined && httpStatus(500, 599)(response),
    outcome: 'answer-lost',
  },
  { name: 'rate limit', when: isRateLimit, outcome: 'not-delivered' },
  { name: 'rate limit that also says something else', when: mentionsRateLimit, outcome: 'answer-lost' },
  {
    name: "BK-CI's gateway: service not discovered, being deployed",
    when: isDeployment,
    outcome: 'not-delivered',
    note: 'BK-CI is being deployed',
  },
  {
    name: 'BK-CI: no service provider',
    when: isWithoutProvider,
    outcome: 'not-delivered',
    note: 'a service of BK-CI is not available',
  },
  {
    name: 'BK-CI, v4: the look-up of the build failed, which comes before the operation',
    when: isFailedLookup,
    outcome: 'not-delivered',
    note: 'a service of BK-CI did not answer another',
  },
  {
    name: 'BK-CI: a request inside failed',
    when: isInnerFailure,
    outcome: 'answer-lost',
    note: 'a service of BK-CI did not answer another',
  },
  { name: 'API gateway: error of the backend', when: gatewayCode(1650000, 1659999), outcome: 'answer-lost' },
  { name: 'BK-CI: inner answer unreadable', when: ({ status }) => status === 2100110, outcome: 'answer-lost' },
  {
    name: 'BK-CI: inner answer empty',
    when: isNullPointer,
    outcome: 'answer-lost',
    note: 'a service of BK-CI answered with nothing',
  },
  {
    name: 'BK-CI: inner timeout, or a refused or reset inner connection; the request may still run',
    when: ({ http, status }) => http === 408 || status === 408,
    outcome: 'answer-lost',
  },
  { name: 'redirect', when: httpStatus(300, 399), outcome: 'refused' },
  { name: 'client error', when: httpStatus(400, 499), outcome: 'refused' },
  { name: 'not implemented', when: httpStatus(501), outcome: 'refused' },
  {
    name: "BK-CI's gateway: its own error",
    when: isGatewaysOwn,
    outcome: 'answer-lost',
    note: "BK-CI's gateway failed",
  },
  {
    name: "BK-CI's gateway in container mode: service not discovered; or any other 502",
    when: ({ http, form }) => http === 502 && form === 'html',
    outcome: 'answer-lost',
    note: 'BK-CI may be in the middle of a deployment',
  },
  { name: 'server error', when: httpStatus(500, 599), outcome: 'answer-lost' },
  { name: 'HTML page', when: ({ form }) => form === 'html', outcome: 'refused' },
  {
    name: 'API gateway: refusal in a 200',
    when: (response) => resultIsFalse(response) || !!response.gatewayCode,
    outcome: 'refused',
  },
  { name: 'BK-CI: refusal in a 200', when: ({ status }) => status !== undefined && status !== 0, outcome: 'refused' },
  { name: 'success', when: (response) => httpStatus(200, 299)(response) && isSuccess(response), outcome: 'accepted' },
  {
    name: 'truncated JSON, where no length was announced',
    when: isBrokenJson,
    outcome: 'answer-lost',
  },
  { name: 'complete answer without a status', when: httpStatus(200, 299), outcome: 'no-status' },
  { name: 'anything else', when: () => true, outcome: 'answer-lost' },
];
function classifyResponse(response) {
  const { http, proxy } = response;
  const reason = proxy === undefined ? `HTTP ${http}` : `HTTP ${http} from ${proxy ? `the proxy ${proxy}` : 'a proxy'}`;
  const { outcome, note } = RESPONSES.find((rule) => rule.when(response)) ?? { outcome: 'answer-lost' };
  switch (outcome) {
    case 'accepted':
      return { kind: 'accepted', data: response.json.data, response };
    case 'refused':
      return { kind: 'refused', response };
    case 'not-delivered':
      return { kind: 'not-delivered', reason, note, sends: UNLIMITED, response };
    case 'answer-lost':
      return { kind: 'answer-lost', reason, note, answered: false, sends: UNLIMITED, response };
    case 'no-status':
      return {
        kind: 'answer-lost',
        reason: `${reason} without a status`,
        answered: true,
        sends: UNLIMITED,
        response,
      };
  }
}
function resultIsFalse({ json }) {
  return json?.result === false;
}
function isSuccess({ json }) {
  return json?.status === 0;
}
function isBrokenJson({ form, message = '' }) {
  return form === 'text' && /^[{[]/.test(message);
}
function isWithoutEffect(response) {
  const data = response.json?.data ?? '';
  return response.status !== 0 && data === '' && !isBrokenJson(response);
}
const isGatewayLimit = gatewayCode(1642901, 1642999);
function isRateLimit(response) {
  const isLimit =
    response.http === 429 || (response.http === 200 && isGatewayLimit(response) && resultIsFalse(response));
  return isLimit && isWithoutEffect(response);
}
function mentionsRateLimit(response) {
  return response.http === 429 || isGatewayLimit(response);
}
function isGatewaysOwn(response) {
  const { result } = response.json ?? {};
  return response.http >= 500 && response.status === response.http && result === true && isWithoutEffect(response);
}
function isDeployment(response) {
  return response.http === 503 && isGatewaysOwn(response);
}
const NO_PROVIDER =
  /^(?:[^\n]{0,80}\{0\} )?(?:2100111: )?(?:找不到任何有效的[^\n]{1,120}服务提供者|No valid [^\n]{1,120} service provider could be found|有効な[^\n]{1,120}サービスプロバイダーが見つかりません)$/;
function isWithoutProvider(response) {
  const { http, status, dataText = '', message = '' } = response;
  if (http === 400) return status === 400 && NO_PROVIDER.test(message) && isWithoutEffect(response);
  return http === 500 && status !== 0 && NO_PROVIDER.test(dataText);
}
const INNER_FAILURE = /\b(?:executing|reading) [A-Z]{3,7} …\/[\w-]{0,100}(?: …)?$/;
function isInnerFailure(response) {
  return response.http >= 400 && INNER_FAILURE.test(response.message ?? '');
}
const NULL_POINTER = /^(?:[^\n]{0,80}\{0\} )?Cannot [a-z][^\n]{1,800} because [^\n]{1,400} is null$/;
function isNullPointer({ http, message = '' }) {
  return http === 400 && NULL_POINTER.test(message);
}
function isFailedLookup(response) {
  const isLookup = response.message?.endsWith(' GET …/get_pipeline_id_from_build_id') ?? false;
  return isLookup && isInnerFailure(response) && isWithoutEffect(response);
}

;// CONCATENATED MODULE: ./build/model/error-type.js
const ERROR_TYPES = ['SYSTEM', 'USER', 'THIRD_PARTY', 'PLUGIN', 'BUILD_MACHINE'];

;// CONCATENATED MODULE: ./build/bkci/decode/fields.js

class DecodeError extends Error {
  name = 'DecodeError';
}
function requiredObject(value, path) {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new DecodeError(`${path} is not an object`);
}
function optionalObject(value) {
  return typeof value === 'object' && value !== null ? value : {};
}
function optionalList(value) {
  return Array.isArray(value) ? value : [];
}
const LIST_CAP = 1_000;
function shownList(value) {
  return optionalList(value).slice(0, LIST_CAP);
}
function requiredText(from, name, path) {
  const value = from[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new DecodeError(`${path}.${name} is not a string`);
}
function requiredId(from, name, path) {
  const id = requiredText(from, name, path);
  if (isPathId(id)) return id;
  throw new DecodeError(`${path}.${name} is not an id`);
}
function optionalId(from, name, path) {
  const id = optionalText(from[name]);
  if (id === undefined || isId(id)) return id;
  throw new DecodeError(`${path}.${name} is not an id`);
}
function checkedNumber(from, name, path) {
  const value = from[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new DecodeError(`${path}.${name} is not a number`);
}
function optionalText(value) {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
function optionalNumber(value) {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
function checkId(from, name, expected) {
  const value = from[name] ?? undefined;
  if (value === undefined || expected === undefined || value === expected) return;
  throw new DecodeError(`data.${name} is not the one that was asked for`);
}

;// CONCATENATED MODULE: ./build/bkci/decode/decode.js


function decodeStatus(data, build) {
  const from = requiredObject(data, 'data');
  checkId(from, 'id', build.buildId);
  return {
    status: requiredText(from, 'status', 'data'),
    startTime: checkedNumber(from, 'startTime', 'data'),
    endTime: checkedNumber(from, 'endTime', 'data'),
    queueTime: checkedNumber(from, 'queueTime', 'data'),
    executeCount: executeCountOf(from),
    buildNumber: optionalNumber(from.buildNum),
    startedBy: optionalText(from.userId),
    serverTime: optionalNumber(from.currentTimestamp),
    queuePosition: optionalNumber(from.currentQueuePosition),
    stages: shownList(from.stageStatus).flatMap(decodeStageStatus),
    errors: decodeErrors(from.errorInfoList),
  };
}
function executeCountOf(from) {
  const parameter = optionalList(from.buildParameters)
    .map(optionalObject)
    .find(({ key }) => key === 'BK_CI_RETRY_COUNT');
  const retries = String(parameter?.value ?? '');
  if (/^\d{1,6}$/.test(retries)) return Number(retries) + 1;
  return from.retry === false ? 1 : undefined;
}
function decodeStageStatus(value) {
  const from = optionalObject(value);
  const stageId = optionalText(from.stageId);
  if (!stageId) return [];
  const status = {
    stageId,
    name: optionalText(from.name) ?? stageId,
    status: optionalText(from.status),
    durationMs: decode_durationOf(from),
    startEpoch: optionalNumber(from.startEpoch),
    showMsg: optionalText(from.showMsg),
  };
  return [status];
}
function decodeDetail(data, build) {
  const from = requiredObject(data, 'data');
  checkId(from, 'id', build.buildId);
  checkId(from, 'pipelineId', build.pipelineId);
  const model = requiredObject(from.model, 'data.model');
  if (!Array.isArray(model.stages)) throw new DecodeError('data.model.stages is not a list');
  return {
    pipelineName: optionalText(from.pipelineName) ?? optionalText(model.name),
    executeCount: checkedNumber(from, 'executeCount', 'data'),
    firstStartedBy:
      optionalText(optionalObject(optionalList(from.recordList).at(-1)).startUser) ?? optionalText(from.triggerUser),
    stages: model.stages.map((stage, index) => decodeStage(stage, `data.model.stages[${index}]`)),
    errors: decodeErrors(from.errorInfoList),
  };
}
function decodeStage(value, path) {
  const from = requiredObject(value, path);
  const id = optionalId(from, 'id', path) ?? requiredText(from, 'id', path);
  return {
    id,
    name: optionalText(from.name) ?? id,
    status: from.status === '' ? '' : optionalText(from.status),
    isFinally: from.finally === true,
    executeCount: optionalNumber(from.executeCount),
    durationMs: decode_durationOf(from),
    reviewers: reviewersOf(from),
    jobs: optionalList(from.containers).map((job, index) => decodeJob(job, `${path}.containers[${index}]`)),
  };
}
function reviewersOf({ checkIn }) {
  const groups = shownList(optionalObject(checkIn).reviewGroups).map(optionalObject);
  const next = groups.find(({ status }) => optionalText(status) === undefined);
  return shownList(next?.reviewers).flatMap((name) => optionalText(name) ?? []);
}
function decodeJob(value, path) {
  const from = requiredObject(value, path);
  return {
    ...decodeSingleJob(from, path),
    children: optionalList(from.groupContainers).map((job, index) => {
      const at = `${path}.groupContainers[${index}]`;
      return { ...decodeSingleJob(requiredObject(job, at), at), children: [] };
    }),
  };
}
function decodeSingleJob(from, path) {
  const number = String(optionalNumber(from.id) ?? '');
  const id = optionalId(from, 'id', path) ?? optionalId(from, 'containerId', path) ?? number;
  return {
    id,
    hashId: optionalText(from.containerHashId),
    name: optionalText(from.name) ?? `job ${id}`,
    status: optionalText(from.status),
    executeCount: optionalNumber(from.executeCount),
    continuesOnFailure: optionalObject(from.jobControlOption).continueWhenFailed === true,
    machineStatus: optionalText(from.startVMStatus),
    plugins: optionalList(from.elements).map((plugin, index) => decodePlugin(plugin, `${path}.elements[${index}]`)),
  };
}
function decodePlugin(value, path) {
  const from = requiredObject(value, path);
  const id = optionalId(from, 'id', path) ?? '';
  const { continueWhenFailed, manualSkip, elementPostInfo } = optionalObject(from.additionalOptions);
  const parentId = optionalText(optionalObject(elementPostInfo).parentElementId);
  return {
    id,
    stepId: optionalText(from.stepId),
    name: optionalText(from.name) ?? id,
    status: optionalText(from.status),
    continuesOnFailure: continueWhenFailed === true && manualSkip !== true,
    canBeSkipped: manualSkip === true,
    ...(parentId === undefined || parentId === id ? {} : { postActionOf: parentId }),
    executeCount: optionalNumber(from.executeCount),
    startEpoch: optionalNumber(from.startEpoch),
    errorType: errorType(from.errorType),
    errorCode: optionalNumber(from.errorCode),
    errorMessage: optionalText(from.errorMsg),
  };
}
function decodeRetry(data, build) {
  const from = requiredObject(data, 'data');
  checkId(from, 'projectId', build.projectId);
  checkId(from, 'pipelineId', build.pipelineId);
  return {
    id: requiredId(from, 'id', 'data'),
    executeCount: positiveInteger(from.executeCount),
    buildNumber: positiveInteger(from.num),
  };
}
function positiveInteger(value) {
  const number = optionalNumber(value);
  return number !== undefined && Number.isInteger(number) && number > 0 ? number : undefined;
}
const LOG_STATES = { 0: 'found', 1: 'empty', 2: 'expired', 3: 'closed' };
const LOG_LINES_CAP = 1_000;
function decodeLog(data) {
  const from = requiredObject(data, 'data');
  const last = optionalList(from.logs).slice(-LOG_LINES_CAP);
  const lines = last.map((line) => optionalText(optionalObject(line).message) ?? '');
  return { state: LOG_STATES[optionalNumber(from.status) ?? 0] ?? 'failed', lines };
}
function decodeHistory(data, { pipelineId }) {
  const from = requiredObject(data, 'data');
  if (!Array.isArray(from.records)) throw new DecodeError('data.records is not a list');
  return from.records.map((record, index) => {
    const build = requiredObject(record, `data.records[${index}]`);
    checkId(build, 'pipelineId', pipelineId);
    return {
      buildId: requiredId(build, 'id', `data.records[${index}]`),
      buildNumber: checkedNumber(build, 'buildNum', `data.records[${index}]`) ?? 0,
    };
  });
}
function decode_durationOf(from) {
  return optionalNumber(optionalObject(from.timeCost).totalCost) ?? optionalNumber(from.elapsed);
}
function decodeErrors(value) {
  return shownList(value).map((entry) => {
    const from = optionalObject(entry);
    return {
      stageId: optionalText(from.stageId),
      containerId: optionalText(from.containerId),
      taskId: optionalText(from.taskId),
      taskName: optionalText(from.taskName),
      errorType: errorType(from.errorType),
      errorCode: optionalNumber(from.errorCode),
      errorMessage: optionalText(from.errorMsg),
    };
  });
}
function errorType(value) {
  const number = optionalNumber(value);
  return number === undefined ? optionalText(value) : (ERROR_TYPES[number] ?? String(number));
}

;// CONCATENATED MODULE: ./build/bkci/endpoints.js

const LANGUAGES = ['en-US', 'zh-CN', 'ja-JP'];
const OWN_PATH = /^(?:\/.*)?\/(?:apigw|apigw-user|apigw-app)\/(v3|v4)$/;
const BKAPI_PATH = /^(?:\/.*)?\/(v3|v4)\/(?:apigw|apigw-user|apigw-app)$/;
function parseApi(url) {
  const path = withoutTrailingSlashes(url.pathname);
  if (path === '') return { gateway: 'own', version: 'v3', root: `${url.origin}/ms/openapi/api/apigw/v3` };
  const own = OWN_PATH.exec(path)?.[1];
  const bkapi = BKAPI_PATH.exec(path)?.[1];
  const version = own ?? bkapi;
  if (version !== 'v3' && version !== 'v4') return undefined;
  return { gateway: own ? 'own' : 'bkapi', version, root: `${url.origin}${path}` };
}
const ROUTES = {
  retry: { method: 'POST', v3: '{id}/retry', v4: 'build_retry' },
  status: { method: 'GET', v3: '{id}/status', v4: 'build_status' },
  detail: { method: 'GET', v3: '{id}/detail', v4: 'build_detail' },
  stop: { method: 'POST', v3: '{id}/stop', v4: 'build_stop' },
  log: { method: 'GET', v3: '{id}/logs/more', v4: 'logs/more_logs' },
  history: { method: 'GET', v3: 'history', v4: 'build_histories' },
};
function routeTo(api, operation, { target, query = {} }) {
  const { projectId, pipelineId, buildId } = target;
  const route = ROUTES[operation];
  const project = `${api.root}/projects/${encodeURIComponent(projectId)}`;
  const v3 = route.v3.replace('{id}', () => encodeURIComponent(buildId ?? ''));
  const path = api.version === 'v3' ? `/pipelines/${encodeURIComponent(pipelineId)}/builds/${v3}` : `/${route.v4}`;
  const ids = api.version === 'v3' ? {} : { pipelineId, buildId };
  return { method: route.method, url: new URL(`${project}${path}${queryString({ ...ids, ...query })}`) };
}
function queryString(query) {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`],
  );
  return pairs.length > 0 ? `?${pairs.join('&')}` : '';
}
function authorize(api, url, { username, accessToken, appCode, appSecret }) {
  const user = username === undefined ? {} : { 'X-DEVOPS-UID': username };
  if (api.gateway === 'own') {
    if (accessToken === undefined) return { url, headers: user };
    const separator = url.search === '' ? '?' : '&';
    return { url: new URL(`${url.href}${separator}access_token=${encodeURIComponent(accessToken)}`), headers: user };
  }
  const authorization = { bk_app_code: appCode, bk_app_secret: appSecret, access_token: accessToken };
  return { url, headers: { ...user, 'X-Bkapi-Authorization': asciiJson(authorization) } };
}
function withLanguage({ headers, language }) {
  if (language === undefined) return { ...headers };
  const name = Object.keys(headers).find((key) => key.toLowerCase() === 'cookie') ?? 'Cookie';
  const own = headers[name]?.replace(/[;\s]+$/, '');
  return { ...headers, [name]: `${own ? `${own}; ` : ''}blueking_language=${language}` };
}
function asciiJson(value) {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
function decodedToken(token) {
  if (!/%[0-9a-f]{2}/i.test(token)) return token;
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}

;// CONCATENATED MODULE: ./build/bkci/refusals/address.js
const ADDRESS_RULES = [
  {
    when: ({ redirectTo }, { address }) => isSameHostWithTls(redirectTo, address),
    code: 'unexpected-answer',
    problem: ({ address }, { redirectTo = '' }) => `${address} answered with a redirect to ${redirectTo}`,
    remedy: 'Write apiUrl with https://.',
  },
  {
    when: ({ wantsTls }, { address }) => wantsTls === true && address.startsWith('http:'),
    code: 'unexpected-answer',
    problem: ({ address }) => `${address} is a port for https only`,
    remedy: 'Write apiUrl with https://.',
  },
  {
    when: ({ redirectTo }) => redirectTo !== undefined,
    code: 'unexpected-answer',
    problem: ({ address }, { redirectTo = '' }) => `${address} answered with a redirect to ${redirectTo}`,
    remedy: 'apiUrl must be the API address, not the web console behind a login.',
  },
  {
    when: ({ json }) => ['timestamp', 'error', 'path'].every((name) => Object.hasOwn(Object(json), name)),
    code: 'unexpected-answer',
    problem: ({ address }) => `${address} answered from outside its API`,
    remedy:
      'Check the path of apiUrl: it ends with /api/apigw/v3 or /api/apigw/v4, and a host alone stands for /ms/openapi/api/apigw/v3.',
  },
  {
    when: ({ form, http }) => form === 'html' && ![401, 404, 405].includes(http),
    code: 'unexpected-answer',
    problem: ({ address }) => `${address} answered with a web page`,
    remedy: 'apiUrl must be the API address, not the web console behind a login.',
  },
];
function isSameHostWithTls(redirectTo, address) {
  if (redirectTo === undefined || !URL.canParse(redirectTo)) return false;
  const [from, to] = [new URL(address), new URL(redirectTo)];
  return from.protocol === 'http:' && to.protocol === 'https:' && from.hostname === to.hostname;
}

;// CONCATENATED MODULE: ./build/bkci/refusals/proxy.js

const isProxys =
  (...statuses) =>
  ({ proxy, http }) =>
    proxy !== undefined && (statuses.length === 0 || statuses.includes(http));
const BYPASS = 'or add the host of apiUrl to no_proxy if this runner reaches it without the proxy.';
const PROXY_RULES = [
  {
    when: isProxys(401, 407),
    code: 'not-delivered',
    problem: (_, response) => `${proxy_nameOf(response)} wants a user and password`,
    remedy: ({ address }) =>
      `Give them in ${variableOf(new URL(address))} (http://USER:PASSWORD@HOST:PORT, percent-encoded), or check those in it.`,
  },
  {
    when: isProxys(403),
    code: 'not-delivered',
    problem: ({ address }, response) =>
      `${proxy_nameOf(response)} does not allow connections to ${hostAndPort(new URL(address))}`,
    remedy: `Ask the people who run the proxy to allow them, ${BYPASS}`,
  },
  {
    when: isProxys(),
    code: 'unexpected-answer',
    problem: ({ address }, response) => `${proxy_nameOf(response)} answered instead of ${address}`,
    remedy: `Ask the people who run the proxy, ${BYPASS}`,
  },
];
function proxy_nameOf({ proxy }) {
  return proxy ? `The proxy ${proxy}` : 'A proxy on the way';
}

;// CONCATENATED MODULE: ./build/bkci/refusals/rule.js

const hasStatus =
  (...numbers) =>
  (response) =>
    response.status !== undefined && numbers.includes(response.status);
const hasMessage = (pattern) => (response) => pattern.test(response.message ?? '');
const hasGatewayCode = (low, high) => (response) =>
  (response.gatewayCode ?? 0) >= low && (response.gatewayCode ?? 0) <= high;
function serverWords(response) {
  const parts = [response.status ?? `HTTP ${response.http}`, response.message ? quote(response.message) : ''];
  return `(${parts.filter((part) => part !== '').join(' ')})`;
}

;// CONCATENATED MODULE: ./build/bkci/refusals/refusals.js





function explainRefusal(response, info) {
  const { code, problem, remedy } = RULES.find(({ when }) => when(response, info)) ?? ANY_OTHER;
  const resolve = (phrase) => (typeof phrase === 'string' ? phrase : phrase(info, response));
  const text = {
    problem: `${resolve(problem)} ${serverWords(response)}`,
    consequence: info.consequence,
    remedy: resolve(remedy),
  };
  return new ActionError(code, text, response.proxy === undefined ? { response, request: info.request } : {});
}
const isUnknownBuild = hasMessage(
  /(?:parameter content of the request is empty|请求的参数内容为空|リクエストしたパラメータ内容が空です)\s*$|\bInvalid buildId\b/,
);
const isWithoutUser = hasMessage(
  /param userId cannot be empty|Parameter specified as non-null is null\b.{0,800}\bparameter userId\b/i,
);
const RULES = [
  ...PROXY_RULES,
  ...ADDRESS_RULES,
  {
    when: hasMessage(/accessToken is empty/i),
    code: 'unauthorized',
    problem: 'This BK-CI asks for an accessToken, and none was given',
    remedy:
      'Set accessToken. If the workflow does, its secret is empty: the name is misspelt, or the run is one from a fork or of Dependabot.',
  },
  {
    when: hasMessage(/access token expired|token过期/i),
    code: 'unauthorized',
    problem: 'accessToken has expired',
    remedy:
      "A token from BK-CI's own /ms/auth lives for hours only: fetch a fresh one, or use appCode and appSecret on the API gateway for workflows without a person.",
  },
  {
    when: hasMessage(/access token illegal|token参数非法|^verification failed ?:/i),
    code: 'unauthorized',
    problem: 'BK-CI does not know this accessToken',
    remedy: ({ tokenLength = 0 }) =>
      `It was read as one value of ${tokenLength} characters: look for a line break or a missing part in the secret.`,
  },
  {
    when: hasMessage(/app auth fail/i),
    code: 'unauthorized',
    problem: 'BK-CI could not verify the app behind this request',
    remedy: 'An apiUrl of the type apigw-app needs appCode and appSecret of an app that the API gateway knows.',
  },
  {
    when: hasMessage(/don't has user's access_token/i),
    code: 'unauthorized',
    problem: 'BK-CI could not verify the user behind this request',
    remedy: 'An apiUrl of the type apigw-user needs an accessToken of a user; for an app, use the type apigw-app.',
  },
  {
    when: (response) =>
      hasMessage(/bkapi jwt is empty/i)(response) || hasMessage(/^you do not have permission to access$/i)(response),
    code: 'unauthorized',
    problem: ({ address }) => `${address} takes requests through the BlueKing API gateway only`,
    remedy:
      "Set apiUrl to the gateway's address (https://bkapi.example.com/api/devops/prod/v4/apigw-app) and give appCode and appSecret.",
  },
  {
    when: (response, { credentials }) =>
      isWithoutUser(response) && credentials.includes('accessToken') && !credentials.includes('username'),
    code: 'unauthorized',
    problem: 'This BK-CI takes the user from username and ignores accessToken',
    remedy: 'Set username.',
  },
  {
    when: isWithoutUser,
    code: 'unauthorized',
    problem: 'BK-CI could not identify the caller',
    remedy: 'Set username, or accessToken.',
  },
  {
    when: (response) =>
      hasGatewayCode(1640001, 1640001)(response) ||
      hasGatewayCode(1640004, 1640004)(response) ||
      hasGatewayCode(1640100, 1640199)(response),
    code: 'unauthorized',
    problem: 'The API gateway does not accept these credentials',
    remedy: ({ credentials }) =>
      `Check ${listed(credentials) || 'appCode and appSecret'}, and that the app or user is known to this gateway.`,
  },
  {
    when: hasStatus(2112005),
    code: 'unauthorized',
    problem: "BK-CI could not read the API gateway's signature",
    remedy: 'Ask its operators whether gateway and BK-CI share their key.',
  },
  {
    when: (response) => response.http === 401 || hasStatus(401, 2100016)(response),
    code: 'unauthorized',
    problem: ({ address }) => `${address} asks for a login`,
    remedy: ({ credentials }) => `Check ${listed(credentials)}, and that apiUrl is the address of the OpenAPI.`,
  },
  {
    when: (response) => hasStatus(2101163, 2101100)(response) || (response.status === 400 && isUnknownBuild(response)),
    code: 'not-found',
    problem: ({ buildId, pipelineId, projectId }) =>
      `There is no build ${buildId} in pipeline ${pipelineId} of project ${projectId}`,
    remedy: 'Check projectId, pipelineId and buildId, or give buildUrl, which has all three.',
  },
  {
    when: (response) =>
      hasStatus(2101058)(response) || (response.status === 400 && hasMessage(/\bPipelineId is invalid\b/)(response)),
    code: 'not-found',
    problem: ({ buildId, pipelineId }) => `Build ${buildId} is not one of pipeline ${pipelineId}`,
    remedy: 'Check pipelineId and buildId.',
  },
  {
    when: hasStatus(2101164, 2101038),
    code: 'not-found',
    problem: ({ pipelineId, projectId }) => `There is no pipeline ${pipelineId} in project ${projectId}`,
    remedy: 'Check pipelineId and projectId; a pipeline of another channel needs channelCode.',
  },
  {
    when: (response, { operation }) =>
      hasStatus(2101184)(response) ||
      (operation === 'retry' && hasStatus(2100013)(response) && hasMessage(/\bversion:\s?\d/)(response)),
    code: 'not-found',
    problem: ({ buildId, pipelineId }) =>
      `The version of pipeline ${pipelineId} that build ${buildId} ran with is gone`,
    remedy: 'Start a new build instead.',
  },
  {
    when: hasMessage(/ProjectId \[.{0,200}\] not find/i),
    code: 'not-found',
    problem: ({ projectId }) => `There is no project ${projectId}`,
    remedy: 'Check projectId: it is the English name in the address bar.',
  },
  {
    when: (response) =>
      hasStatus(2101901)(response) ||
      (hasStatus(2100002)(response) && hasMessage(/BK_CI_RETRY_TASK_IN_STAGE_ID/)(response)),
    code: 'already-running',
    problem: 'BK-CI says that the build is running',
    remedy: 'Wait for its end.',
  },
  {
    when: hasStatus(2101129),
    code: 'already-running',
    problem: 'BK-CI says that the build is running or waits at a stage gate',
    remedy: 'Wait for its end, or decide the gate in BK-CI.',
  },
  {
    when: hasStatus(2101221),
    code: 'task-unknown',
    problem: "BK-CI can't skip this taskId: its settings do not allow it",
    remedy: `In the plug-in's settings, choose “Continue on Error” with the skip type “Manual”, or ask for the permission API_OPERATE on the project.`,
  },
  ...byStatus({ code: 'task-unknown', problem: (why) => `BK-CI can't retry this taskId: ${why}` }, [
    [[2101110, 2101907], 'the job of this plug-in has not ended yet', 'Wait for the end of the job.'],
    [
      [2101114, 2101911],
      'this stage has not failed',
      'Give a taskId that has failed, or none to retry the whole build.',
    ],
    [2101273, 'the stage of this plug-in is not running', 'Wait for the end of the build, then retry.'],
    [2101277, 'this plug-in has not failed', 'While a build runs, only a failed or cancelled plug-in can be retried.'],
  ]),
  ...byStatus({ code: 'refused', problem: (why) => `BK-CI refused: ${why}` }, [
    [
      2101019,
      'the build was asked to stop less than a minute ago, perhaps in an older execution',
      'If it still runs in a minute, stop it in BK-CI.',
    ],
    [2101020, 'the pipeline was started too often just now', 'Run this step again in a minute.'],
    [
      2101021,
      "the pipeline can't be started manually",
      'In BK-CI, enable its manual trigger, then run this step again.',
    ],
    [2101039, 'the recorded model of the build is gone', 'Start a new build instead.'],
    [2101047, 'the pipeline is locked', 'Unlock it in BK-CI, or ask who locked it.'],
    [2101049, "the pipeline's queue is full", 'Run this step again when builds have ended.'],
    [2101080, 'the project is disabled', 'Enable it in BK-CI.'],
    [2101081, 'the data of the build has expired', 'Start a new build instead.'],
    [
      2101258,
      'the build is too old: BK-CI retries builds for 28 days, unless its operators chose otherwise',
      'Start a new build instead.',
    ],
    [2101274, 'a variable of the build is longer than BK-CI allows', 'Shorten it and start a new build.'],
  ]),
  {
    when: (response) =>
      [404, 405, 501].includes(response.http) ||
      hasStatus(404)(response) ||
      hasGatewayCode(1640401, 1640499)(response) ||
      hasMessage(/path\(.{0,1000}\) illegal/i)(response),
    code: 'unexpected-answer',
    problem: ({ address }) => `${address} does not know this path`,
    remedy: 'Check apiUrl: its version and type (apigw, apigw-user, apigw-app), and on the API gateway its stage.',
  },
  {
    when: (response) => response.http === 403 && !isOfApi(response),
    code: 'unexpected-answer',
    problem: ({ address }) => `${address} answered with a 403 that BK-CI did not write`,
    remedy: 'Check apiUrl, and whether a proxy or firewall on the way refuses the request.',
  },
  {
    when: hasGatewayCode(1640300, 1640399),
    code: 'forbidden',
    problem: 'The API gateway does not let this app or address use the resource',
    remedy: "Apply for the permission of the resource in the gateway's developer centre.",
  },
  {
    when: (response) => response.http === 403 || hasStatus(403, 2101008, 2100006, 2101174)(response),
    code: 'forbidden',
    problem: ({ caller, operation }) => `${caller} may not ${permissionFor(operation).toLowerCase()} this pipeline`,
    remedy: ({ caller, operation }) =>
      `In BK-CI, give ${caller} the permission ${permissionFor(operation)} on the pipeline.`,
  },
  {
    when: hasStatus(2100122, 2100124),
    code: 'forbidden',
    problem: 'This BK-CI has closed the API for the project or pipeline',
    remedy: 'Its operators can open it.',
  },
  {
    when: hasStatus(2101340),
    code: 'forbidden',
    problem: ({ caller, buildId }) => `There is no build ${buildId}, or ${caller} may not stop it`,
    remedy: 'Only who started a build, or who manages the pipeline, may stop it.',
  },
  {
    when: hasStatus(2101500),
    code: 'forbidden',
    problem: ({ caller }) => `${caller} may not use a build node of this pipeline`,
    remedy: ({ caller }) => `In BK-CI, give ${caller} the permission on the node.`,
  },
];
function permissionFor(operation) {
  return operation === 'retry' || operation === 'stop' ? 'EXECUTE' : 'VIEW';
}
function isOfApi({ form, status, isBare = false }) {
  return form === 'json' ? status !== undefined && status !== 0 : isBare;
}
const ANY_OTHER = {
  code: 'refused',
  problem: ({ address }) => `${address} refused the request`,
  remedy: 'Ask the people who run this BK-CI, and give them the request id if there is one.',
};
function byStatus({ code, problem }, rows) {
  return rows.map(([statuses, why, remedy]) => ({
    when: hasStatus(...[statuses].flat()),
    code,
    problem: problem(why),
    remedy,
  }));
}

;// CONCATENATED MODULE: ./build/bkci/transient-error.js
class TransientError extends Error {
  name = 'TransientError';
  outcome;
  description;
  constructor(outcome, description) {
    super(outcome.reason);
    this.outcome = outcome;
    this.description = description;
  }
}

;// CONCATENATED MODULE: ./build/bkci/client.js









const READ_DEADLINE_MS = 20_000;
const RETRY_DEADLINE_MS = 75_000;
const MIB = 1024 * 1024;
const client_MAX_BYTES = {
  retry: 2 * MIB,
  status: 2 * MIB,
  stop: 2 * MIB,
  log: 10 * MIB,
  history: 10 * MIB,
  detail: 64 * MIB,
};
class Client {
  #http;
  #access;
  #secrets;
  constructor(http, access, secrets = []) {
    this.#http = http;
    this.#access = access;
    this.#secrets = secrets;
  }
  async retryBuild(build, { taskId, failedContainer, skip }) {
    const flag = (value) => (value ? 'true' : undefined);
    const { channelCode } = this.#access;
    const query = { taskId, failedContainer: flag(failedContainer), skip: flag(skip), channelCode };
    return this.#send('retry', build, { query, deadlineMs: RETRY_DEADLINE_MS });
  }
  buildStatus(build, options) {
    return this.#read('status', build, { ...options, decode: (data) => decodeStatus(data, build) });
  }
  buildDetail(build, options) {
    return this.#read('detail', build, { ...options, decode: (data) => decodeDetail(data, build) });
  }
  stopBuild(build, limits) {
    return this.#send('stop', build, limits);
  }
  taskLog(build, { lines, taskId, executeCount, ...options }) {
    const query = {
      tag: taskId,
      executeCount: executeCount?.toString(),
      num: String(lines),
      fromStart: 'false',
      start: '0',
      end: '1000000000',
    };
    return this.#read('log', build, { ...options, query, decode: decodeLog });
  }
  buildHistory(pipeline, { page, pageSize, number, signal }) {
    const buildNo = this.#access.api.version === 'v4' ? number?.toString() : undefined;
    const query = { page: String(page), pageSize: String(pageSize), buildNoStart: buildNo, buildNoEnd: buildNo };
    return this.#read('history', pipeline, { query, decode: (data) => decodeHistory(data, pipeline), signal });
  }
  refusal({ response }, info) {
    return explainRefusal(response, this.#requestInfo(info.operation, info.build, info.consequence));
  }
  describeRequest(operation, build) {
    const { method, url } = routeTo(this.#access.api, operation, { target: build });
    return `${method} ${url.origin}${url.pathname}`;
  }
  async #read(operation, build, options) {
    const { consequence, decode } = options;
    const outcome = await this.#send(operation, build, options);
    const info = () => this.#requestInfo(operation, build, consequence ?? NOTHING_SENT);
    if (outcome.kind === 'refused') throw explainRefusal(outcome.response, info());
    if (outcome.kind === 'answer-lost' && outcome.answered)
      throw unexpectedAnswer('status is missing', info(), { response: outcome.response });
    if (outcome.kind !== 'accepted') {
      const request = this.describeRequest(operation, build);
      throw new TransientError(outcome, { request, consequence: consequence ?? 'nothing was retried' });
    }
    try {
      return withoutSecrets(decode(outcome.data), redactor(this.#secrets));
    } catch (error) {
      throw error instanceof DecodeError
        ? unexpectedAnswer(error.message, info(), { response: outcome.response })
        : error;
    }
  }
  async #send(operation, target, options) {
    const { consequence = NOTHING_SENT } = options;
    const { api, credentials, channelCode } = this.#access;
    const { query = {}, deadlineMs = READ_DEADLINE_MS, maxBytes = client_MAX_BYTES[operation] } = options;
    const { signal, deadlineSignal } = options;
    const route = routeTo(api, operation, { target, query });
    const authorized = authorize(api, route.url, credentials);
    const request = {
      method: route.method,
      url: authorized.url,
      headers: {
        ...withLanguage(this.#access),
        accept: 'application/json',
        'content-type': 'application/json',
        ...(channelCode === undefined ? {} : { 'X-DEVOPS-CHANNEL': channelCode }),
        ...authorized.headers,
      },
      deadlineMs,
      maxBytes,
      ownConnection: route.method === 'POST',
      signal,
      deadlineSignal,
    };
    try {
      return classify({ response: await this.#http.send(request) }, this.#secrets);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      if (error.code === 'BODY_TOO_LARGE' && route.method === 'GET') {
        throw unexpectedAnswer(error.message, this.#requestInfo(operation, target, consequence), { cause: error });
      }
      return classify({ failure: error });
    }
  }
  #requestInfo(operation, build, consequence) {
    const { api, credentials } = this.#access;
    const { username, accessToken } = credentials;
    return {
      request: this.describeRequest(operation, build),
      address: new URL(api.root).origin,
      projectId: build.projectId,
      pipelineId: build.pipelineId,
      buildId: build.buildId ?? '',
      caller: username ?? (accessToken ? 'the user of accessToken' : 'the app of appCode'),
      credentials: Object.entries(credentials).flatMap(([name, value]) => (value === undefined ? [] : [name])),
      ...(accessToken === undefined ? {} : { tokenLength: accessToken.length }),
      operation,
      consequence,
    };
  }
}
const COMPARED = [
  [/^(?:status|state|errorType)$/, 40],
  [/^(?:startedBy|firstStartedBy)$/, 80],
  [/^(?:id|buildId|hashId|stepId|stageId|containerId|taskId|postActionOf)$/, 60],
];
function withoutSecrets(decoded, redact) {
  return mapTexts(decoded, (text, name) => {
    const shown = COMPARED.find(([pattern]) => pattern.test(name))?.[1] ?? 0;
    return text.length <= shown ? text : redact(text);
  });
}
function unexpectedAnswer(problem, { request, consequence }, details) {
  const text = {
    problem: `${request} was not answered as the API documents it: ${problem}`,
    consequence,
    remedy: "Check that apiUrl is the address of BK-CI's OpenAPI.",
  };
  return new ActionError('unexpected-answer', text, { request, ...details });
}

;// CONCATENATED MODULE: ./build/follow/outage.js



const WARNING_MS = 60_000;
const END_MS = 300_000;
class Outage {
  #step;
  #since;
  #warned = false;
  constructor(step) {
    this.#step = step;
  }
  get isOngoing() {
    return this.#since !== undefined;
  }
  onSuccess() {
    const since = this.#warned ? this.#since : undefined;
    this.#warned = false;
    this.#since = undefined;
    return since === undefined ? undefined : this.#step.clock.now() - since;
  }
  onFailure(error) {
    const { runner, clock } = this.#step;
    if (isFinal(error)) throw error;
    const requestedMs = error instanceof TransientError ? error.outcome.response?.retryAfterMs : undefined;
    const reason = error instanceof ActionError ? outage_reasonOf(error) : error.message;
    this.#since = (this.#since ?? clock.now()) + (requestedMs ?? 0);
    const silence = clock.now() - this.#since;
    runner.debug(`A look failed: ${error.message}`);
    if (silence >= END_MS) {
      throw new ActionError(
        'not-delivered',
        {
          problem: `BK-CI has not answered for ${duration(silence)} (${reason})`,
          consequence: 'the build goes on without this step',
          remedy: 'See its result in BK-CI.',
        },
        { cause: error },
      );
    }
    if (silence < WARNING_MS || this.#warned) return requestedMs;
    this.#warned = true;
    runner.annotate(
      'warning',
      `BK-CI has not answered for ${duration(silence)} (${reason}). The build goes on; still trying.`,
    );
    return requestedMs;
  }
}
function outage_reasonOf({ response, text }) {
  return response ? `HTTP ${response.http}` : text.problem;
}
const FINAL_CODES = new Set(['unauthorized', 'forbidden', 'not-found']);
function isFinal(error) {
  return !(error instanceof TransientError) && !(error instanceof ActionError && !FINAL_CODES.has(error.code));
}

;// CONCATENATED MODULE: ./build/follow/stop.js


const CANCEL_STOP_MS = 3_000;
const HAS_ENDED = 2101182;
const TOO_SOON = 2101019;
async function requestStop(client, build, limits) {
  try {
    const outcome = await client.stopBuild(build, limits);
    switch (outcome.kind) {
      case 'accepted':
        return { kind: 'sent' };
      case 'answer-lost':
        return {
          kind: 'unanswered',
          why: outcome.response
            ? `BK-CI's answer was not understood (${outcome.reason})`
            : `BK-CI has not answered (${outcome.reason})`,
        };
      case 'not-delivered':
        return { kind: 'undelivered', why: outcome.reason };
      case 'refused': {
        const { status } = outcome.response;
        if (status === HAS_ENDED) return { kind: 'unnecessary', why: 'it has ended already' };
        const info = { operation: 'stop', build, consequence: 'the build was not stopped' };
        const why = client.refusal(outcome, info).message;
        return { kind: status === TOO_SOON ? 'too-soon' : 'failed', why };
      }
    }
  } catch (error) {
    return { kind: 'failed', why: `the request could not be made (${oneLine(String(error), 200)}).` };
  }
}
const VERIFY_AT_MS = [2_000, 5_000, 10_000, 15_000, 20_000, 26_000, 32_000, 40_000];
const VERIFY_DEADLINE_MS = 5_000;
async function confirmStopped(
  { clock, cancelled },
  { client, build, isEnd, withinMs = Number.POSITIVE_INFINITY },
) {
  const at = VERIFY_AT_MS.filter((moment) => moment + VERIFY_DEADLINE_MS <= withinMs);
  const options = { deadlineMs: VERIFY_DEADLINE_MS, signal: cancelled };
  try {
    const read = () => client.buildStatus(build, options).catch(() => undefined);
    return await pollAt({ clock, at, signal: cancelled }, read, isEnd);
  } catch (error) {
    if (!cancelled.aborted) throw error;
    return undefined;
  }
}

;// CONCATENATED MODULE: ./build/follow/stop-result.js
function mayStop({ kind }) {
  return kind === 'sent' || kind === 'unanswered' || kind === 'too-soon';
}

;// CONCATENATED MODULE: ./build/inputs/parse.js





const ok = (value) => ({ value });
const invalid = (problem) => ({ problem });
function parseFlag(text) {
  if (/^(?:true|True|TRUE)$/.test(text)) return ok(true);
  if (/^(?:false|False|FALSE)$/.test(text)) return ok(false);
  return invalid(`${quote(text)} is neither true nor false`);
}
function parseNumber(text, { min, max, whole }) {
  const value = /^\d{1,9}(?:\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  const fits = value >= min && value <= max && (!whole || Number.isInteger(value));
  return fits ? ok(value) : invalid(`${quote(text)} is not a ${whole ? 'whole ' : ''}number from ${min} to ${max}`);
}
const MANGLED_NUMBER = /^\d(?:\.\d+)?E\+\d+$/;
const QUOTATION_MARK = /["'`“”‘’]/;
function parseId(text) {
  if (MANGLED_NUMBER.test(text))
    return invalid(`${quote(text)} looks like a number that YAML has rounded; put it in quotes`);
  if (isLink(text)) return misplaced(text, 'buildUrl');
  if (QUOTATION_MARK.test(text))
    return invalid(`${quote(text, 80)} has a quotation mark in it; give the id without quotes`);
  return isPathId(text)
    ? ok(text)
    : invalid(`${quote(text, 80)} is not an id: one word without white space or slashes`);
}
function parseBuildId(text) {
  return isBuildNumber(text) ? misplaced(text, 'buildNumber') : parseId(text);
}
function parseTaskId(text) {
  if (/^(["'`]).+\1$|^[“‘].+[”’]$/.test(text))
    return invalid(`${quote(text, 80)} has quotation marks around it; give it without quotes`);
  return isId(text.replace(/[\t\p{Zs}]/gu, '_'))
    ? ok(text)
    : invalid(`${quote(text, 80)} is neither an id nor a name: one line without invisible characters`);
}
const isLink = (text) => /^https?:/i.test(text) || /\/console\//i.test(text);
const isBuildNumber = (text) => /^#?\d+$/.test(text) || /^latest$/i.test(text);
const isBuildId = (text) => /^b-[0-9a-f]+$/i.test(text);
const BUILD_INPUTS = { buildUrl: 'a link', buildNumber: 'a build number', buildId: 'the id of a build' };
function misplaced(text, input) {
  const shown = isLink(text) ? shownAddress(text, 120) : quote(text, 80);
  return invalid(`${shown} looks like ${BUILD_INPUTS[input]}: use ${input}`);
}
function parseHeaderText(text) {
  return /^[\x21-\x7e]+(?: +[\x21-\x7e]+)*$/.test(text)
    ? ok(text)
    : invalid(`${quote(text, 80)} has characters that a header can't carry; only ASCII is accepted`);
}
const API_FORMS =
  'accepted are https://devops.example.com, https://devops.example.com/ms/openapi/api/apigw/v3 (or apigw-user, apigw-app, v4), ' +
  'and on the BlueKing API gateway https://bkapi.example.com/api/devops/prod/v4/apigw-user (or apigw-app)';
function parseApiUrl(text) {
  const shown = shownAddress(text, 120);
  if (!URL.canParse(text)) return invalid(`${shown} is not an address; ${API_FORMS}`);
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol)) return invalid(`${quote(url.protocol, 40)} is not http or https; ${API_FORMS}`);
  if (url.username !== '' || url.password !== '')
    return invalid(`${shown} contains user info before the host; use username and accessToken`);
  if (/[?#]/.test(text)) {
    return invalid(`${shown} contains a query or a fragment; remove it`);
  }
  const api = parseApi(isConsoleRoot(url) ? new URL(url.origin) : url);
  return api ? ok({ api, url }) : invalid(`${shown} is not an API address; ${API_FORMS}`);
}
function isConsoleRoot({ pathname }) {
  return withoutTrailingSlashes(pathname) === '/console';
}
function parseConsoleUrl(text) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  if (!url || !isPlain || /[?#]/.test(text) || url.pathname.includes('@')) {
    return invalid(
      `${shownAddress(text, 120)} is not an http(s) address without user info, query and fragment, such as https://devops.example.com`,
    );
  }
  return ok(`${url.origin}${withoutTrailingSlashes(url.pathname).replace(/\/console$/, '')}`);
}
const BUILD_FORM = 'https://devops.example.com/console/pipeline/PROJECT/PIPELINE/detail/BUILD';
function parseBuildUrl(text) {
  if (isBuildNumber(text)) return misplaced(text, 'buildNumber');
  if (isBuildId(text)) return misplaced(text, 'buildId');
  const link = parseLink(text);
  if (!link) {
    const page = pageOf(text);
    const what = page === undefined ? 'is not the link of a build' : `is the ${page}, not the link of a build`;
    return invalid(`${shownAddress(text, 200)} ${what}, which looks like ${BUILD_FORM}`);
  }
  const invalidId = [link.projectId, link.pipelineId, link.buildId].map(parseId).find((id) => 'problem' in id);
  return invalidId && 'problem' in invalidId ? invalid(`contains an invalid id: ${invalidId.problem}`) : ok(link);
}
function parseBuildNumber(text) {
  if (/^latest$/i.test(text)) return ok('latest');
  if (isLink(text)) return misplaced(text, 'buildUrl');
  if (isBuildId(text)) return misplaced(text, 'buildId');
  const parsed = parseNumber(text.replace(/^#/, ''), { min: 1, max: 999_999_999, whole: true });
  return 'value' in parsed ? parsed : invalid(`${quote(text, 80)} is neither a build number nor latest`);
}
function parseAppSlug(text) {
  const slug = text.toLowerCase();
  if (slug === 'github-actions')
    return invalid(`${quote(text)} is GitHub Actions, as which any workflow can write checks`);
  return /^[a-z0-9-]{1,100}$/.test(slug)
    ? ok(slug)
    : invalid(
        `${quote(text, 80)} is not the slug of a GitHub App: letters, digits and hyphens, as in github.com/apps/SLUG`,
      );
}
function parseLanguage(text) {
  const language = LANGUAGES.find((tag) => tag.toLowerCase() === text.toLowerCase());
  return language ? ok(language) : invalid(`${quote(text, 80)} is not a language of BK-CI: ${listed(LANGUAGES, 'or')}`);
}
function parseRetryOn(text) {
  const types = new Set();
  const codes = new Set();
  const unknown = [];
  for (const word of text.split(/[\s,]+/).filter(Boolean)) {
    const name = word.toUpperCase().replace(/^AGENT$/, 'BUILD_MACHINE');
    const type = ERROR_TYPES.find((each) => each === name);
    if (type) types.add(type);
    else if (/^[1-9]\d{0,9}$/.test(word)) codes.add(Number(word));
    else unknown.push(quote(word, 80));
  }
  if (unknown.length === 0 && types.size + codes.size > 0) return ok({ types: [...types], codes: [...codes] });
  const what = unknown.length === 0 ? quote(text, 80) : listed(unknown.slice(0, 5));
  return invalid(`${what} is neither ${listed(ERROR_TYPES, 'or')} nor an error number`);
}
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
function parseHeader(line) {
  const colon = line.indexOf(':');
  const name = line.slice(0, colon).trimStart();
  const value = line.slice(colon + 1).trim();
  if (colon < 0 || !HEADER_NAME.test(name) || value === '') return invalid('not of the form Name: value');
  if ('problem' in parseHeaderText(value))
    return invalid(`the value of ${name} has characters that a header can't carry; only ASCII is accepted`);
  return ok({ name, value });
}
function shownAddress(text, max) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const mayHoldPassword = url ? `${url.pathname}${url.search}${url.hash}`.includes('@') : /[@?#]/.test(text);
  if (mayHoldPassword) return 'the value, which is not shown because it may contain a password,';
  if (!url) return quote(text, max);
  const host = url.host === '' ? '' : `//${url.host}`;
  const isHostAlone = url.pathname === '/' && !/[/\\](?:$|[?#])/.test(text);
  return quote(`${url.protocol}${host}${isHostAlone ? '' : url.pathname}`, max);
}

;// CONCATENATED MODULE: ./build/inputs/encoded-forms.js
function encodedForms(secret) {
  return [...new Set([secret, ...inAddress(secret), ...inJson(secret), ...inHtml(secret), ...inBase64(secret)])];
}
const hex = (char, width) => char.charCodeAt(0).toString(16).padStart(width, '0');
const upper = (char, width) => hex(char, width).toUpperCase();
function inAddress(secret) {
  const plain = percentEncoded(secret);
  const once = [
    plain,
    plain.replaceAll("'", '%27'),
    plain.replace(/[!'()*]/g, (char) => `%${upper(char, 2)}`),
    new URLSearchParams([['', secret]]).toString().slice(1),
  ];
  const both = [...once, ...once.map(withLowerCaseEscapes)];
  return [...both, ...both.map((form) => form.replaceAll('%', '%25'))];
}
function percentEncoded(text) {
  return encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8'));
}
function withLowerCaseEscapes(text) {
  return text.replace(/%[0-9A-F]{2}/g, (escaped) => escaped.toLowerCase());
}
const ESCAPED_IN_JSON = [/[\u007f-\uffff]/g, /[<>&]/g, /[<>&=']/g, /[<>&'"+\u007f-\uffff]/g];
function inJson(secret) {
  const plain = JSON.stringify(secret).slice(1, -1);
  const escaped = [hex, upper].flatMap((digits) => {
    const byNumber = (char) => `\\u${digits(char, 4)}`;
    const escapeIn = (pattern) => (part) => {
      if (part === '\\"') return '"'.search(pattern) === 0 ? byNumber('"') : part;
      return part.startsWith('\\') ? part : part.replace(pattern, byNumber);
    };
    const usual = ESCAPED_IN_JSON.map((pattern) => plain.replace(/\\.|[^\\]+/g, escapeIn(pattern)));
    return [...usual, secret.replace(/[^\w]/g, byNumber)];
  });
  const forms = [plain, ...escaped];
  return [...forms, ...forms.map((form) => form.replaceAll('/', '\\/'))];
}
const NAMED = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const ESCAPED_IN_HTML = [/[&<>]/g, /[&<>"]/g, /[&<>"']/g, /[&<>"'+]/g, /[&<>"'=]/g, /[&<>"'+=]/g, /[&<>"'/`=]/g];
function inHtml(secret) {
  const numbers = [
    (char) => `&#${char.charCodeAt(0)};`,
    (char) => `&#x${hex(char, 1)};`,
    (char) => `&#x${upper(char, 1)};`,
    (char) => (char === "'" ? '&apos;' : `&#${char.charCodeAt(0)};`),
  ];
  return numbers.flatMap((numbered) => [
    ...[...ESCAPED_IN_HTML, /[&<>"'+/=]/g].flatMap((pattern) => [
      secret.replace(pattern, (char) => NAMED[char] ?? numbered(char)),
      secret.replace(pattern, (char) => (char === '"' ? numbered(char) : (NAMED[char] ?? numbered(char)))),
    ]),
    secret.replace(/[^A-Za-z0-9]/g, numbered),
  ]);
}
function inBase64(secret) {
  const standard = Buffer.from(secret, 'utf8').toString('base64');
  const forUrls = standard.replaceAll('+', '-').replaceAll('/', '_');
  return [standard, forUrls].flatMap((form) => [form, form.replace(/={1,2}$/, '')]);
}

;// CONCATENATED MODULE: ./build/inputs/secrets.js



const CREDENTIAL_NAME = /auth|cookie|token|secret|key|ticket|session|jwt|passw|pwd|credential|assertion|signature/i;
const SHORTEST_HEADER_SECRET = 8;
function isCredentialHeader({ name, value }) {
  return CREDENTIAL_NAME.test(name) && value.length >= SHORTEST_HEADER_SECRET;
}
const SHORTEST_SECRET = 4;
function maskSecrets(runner) {
  const tokens = ['accessToken', 'appSecret', 'githubToken'].map((name) => runner.input(name));
  const headers = runner.inputLines('headers').flatMap((line) => {
    const parsed = parseHeader(line);
    return 'value' in parsed && isCredentialHeader(parsed.value) ? secretsOfHeader(parsed.value.value) : [];
  });
  const secrets = [...new Set([...tokens.flatMap(secretsOfToken), ...headers].flatMap(encodedForms))];
  for (const secret of secrets) runner.secret(secret);
  return secrets;
}
function secretsOfToken(token) {
  const lines = token.split(/[\r\n]+/).map((line) => line.trim());
  const values = [token, ...lines].flatMap((value) => [value, decodedToken(value)]);
  return values.filter((value) => value.length >= SHORTEST_SECRET);
}
function secretsOfHeader(value) {
  const [scheme, rest] = /^[A-Za-z-]+ /.test(value) ? splitAt(value, value.indexOf(' ')) : ['', value];
  const credential = rest.trim();
  const parts = credential.split(/[;,\s]+/).flatMap((part) => [part, unquoted(splitAt(part, part.indexOf('='))[1])]);
  const long = [value, credential, ...parts, ...parts.map(decodedToken)].filter(
    (part) => part.length >= SHORTEST_HEADER_SECRET,
  );
  return [...long, ...(/^basic$/i.test(scheme) ? secretsOfLogin(credential) : [])];
}
function splitAt(text, at) {
  return [text.slice(0, Math.max(0, at)), text.slice(at + 1)];
}
function unquoted(text) {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}
function secretsOfLogin(credential) {
  const login = Buffer.from(credential, 'base64').toString('utf8');
  const [, password] = splitAt(login, login.indexOf(':'));
  return [login, password].filter((value) => value.length >= SHORTEST_SECRET && !value.includes('\ufffd'));
}

;// CONCATENATED MODULE: ./build/inputs/credentials.js



const CREDENTIAL_INPUTS = ['accessToken', 'appCode', 'appSecret', 'headers'];
function readCredentials(reader, api) {
  const username = reader.read('username', parseHeaderText);
  const token = reader.raw('accessToken');
  const accessToken = token === undefined ? undefined : decodedToken(token);
  const appCode = reader.raw('appCode');
  const appSecret = reader.raw('appSecret');
  if (token !== undefined && /[\s\u0000-\u001f\u007f-\u009f\ud800-\udfff]/u.test(token)) {
    reader.problem('accessToken', 'contains white space or a line break; it must be one word');
  }
  if (api?.gateway === 'own') {
    for (const name of ['appCode', 'appSecret']) {
      if (reader.raw(name)) reader.problem(name, 'not used with this apiUrl; only the BlueKing API gateway accepts it');
    }
    if (!reader.raw('username') && !token) reader.missing('username', 'Give username, or accessToken');
  }
  if (!api && !reader.raw('username') && !token && !appCode && !appSecret) {
    reader.missing('username', 'Give username, accessToken, or appCode and appSecret');
  }
  if (api?.gateway === 'bkapi') checkAppCredentials(reader, { appCode, appSecret, token });
  return { username, accessToken, appCode, appSecret };
}
function checkAppCredentials(reader, { appCode, appSecret, token }) {
  if (!appCode && !appSecret && !token) {
    reader.missing('appCode', 'The BlueKing API gateway takes appCode and appSecret, or accessToken');
  }
  if (appCode && !appSecret) reader.missing('appSecret', 'It belongs with appCode');
  if (appSecret && !appCode) reader.missing('appCode', 'It belongs with appSecret');
}
const CONNECTION_HEADER = /^(?:expect|http2-settings|keep-alive|te|trailer|upgrade|proxy-.*)$/;
const OWN_HEADERS = {
  accept: '',
  'accept-encoding': '',
  connection: '',
  'content-length': '',
  'content-type': '',
  host: '',
  'transfer-encoding': '',
  'user-agent': '',
  'x-bkapi-authorization': 'appCode, appSecret and accessToken',
  'x-devops-channel': 'channelCode',
  'x-devops-uid': 'username',
};
const FOLDED = / [A-Za-z][\w-]*: /;
const LANGUAGE_COOKIE = /(?:^|[;\s])blueking_language\s*=/i;
function readHeaders(reader) {
  const headers = new Map();
  for (const [index, line] of reader.lines('headers').entries()) {
    const parsed = parseHeader(line);
    if ('problem' in parsed) {
      reader.problem('headers', `line ${index + 1}: ${parsed.problem}`);
      continue;
    }
    const key = parsed.value.name.toLowerCase();
    const problem = headers.has(key) ? 'is given twice' : problemOf(key, parsed.value);
    if (problem === undefined) headers.set(key, parsed.value);
    else reader.problem('headers', `${parsed.value.name} ${problem}`);
  }
  const all = [...headers.values()];
  return {
    values: Object.fromEntries(all.map(({ name, value }) => [name, value])),
    credentials: all.some(isCredentialHeader),
  };
}
function problemOf(key, { value }) {
  const input = Object.hasOwn(OWN_HEADERS, key) ? OWN_HEADERS[key] : undefined;
  if (input !== undefined) return `is set by this action${input === '' ? '' : `; use ${input}`}`;
  if (CONNECTION_HEADER.test(key)) return "controls the connection, so it can't be set";
  if (FOLDED.test(value)) return 'has another header in its value; write headers: | so that each keeps its own line';
  if (key === 'cookie' && LANGUAGE_COOKIE.test(value)) return 'has blueking_language in it; use the input language';
  return undefined;
}

;// CONCATENATED MODULE: ./build/inputs/reader.js



class InputReader {
  #problems = [];
  #misspelt = new Set();
  #runner;
  constructor(runner) {
    this.#runner = runner;
  }
  problem(name, text) {
    if (this.#misspelt.has(name) && this.raw(name) === undefined) return undefined;
    this.#problems.push({ name, text, index: INPUT_NAMES.indexOf(name) });
    return undefined;
  }
  missing(name, remedy) {
    const mayBeSet = this.#runner.inputNames().includes(name.toUpperCase());
    return this.problem(name, `missing${mayBeSet ? ', or the variable behind it is empty' : ''}. ${remedy}`);
  }
  misspelt({ written, meant }) {
    this.#misspelt.add(meant);
    this.#problems.push({
      name: written.toLowerCase(),
      text: `not an input; did you mean ${meant}? Rename it in with:, or INPUT_${written} in env:`,
      index: INPUT_NAMES.indexOf(meant),
    });
  }
  isGiven(name) {
    return this.raw(name) !== undefined || this.#misspelt.has(name);
  }
  raw(name) {
    return this.#runner.input(name) || undefined;
  }
  read(name, parse) {
    const text = this.raw(name);
    if (text === undefined) return undefined;
    const parsed = parse(text);
    if ('value' in parsed) return parsed.value;
    const hasSecret = this.#runner.redact(text) !== text;
    return this.problem(name, hasSecret ? 'not valid, and not shown because it contains a credential' : parsed.problem);
  }
  flag(name) {
    return this.read(name, parseFlag) ?? false;
  }
  number(name, range) {
    return this.read(name, (text) => parseNumber(text, range));
  }
  lines(name) {
    return this.#runner.inputLines(name);
  }
  throwIfInvalid() {
    if (this.#problems.length === 0) return;
    const lines = this.#problems.toSorted((a, b) => a.index - b.index).map(({ name, text }) => `${name}: ${text}`);
    const { size } = new Set(this.#problems.map(({ name }) => name));
    const count = size === 1 ? '1 input needs' : `${size} inputs need`;
    throw new ActionError('input-invalid', { problem: `${count} a change`, consequence: NOTHING_SENT, list: lines });
  }
}

;// CONCATENATED MODULE: ./build/run/early-end.js




const TIMEOUT_STOP_MS = 20_000;
const CANCEL_READ_MS = 1_500;
function whyNotOurs({ executeCount, ownership, answeredOther }, status, username) {
  if (ownership === 'other') return 'somebody else may have started this execution';
  if (ownership === 'unsure' && (username === undefined || status?.startedBy !== username)) {
    return 'it is not known who started this execution';
  }
  if (answeredOther && (!status || isFinished(status))) return 'it was not seen running';
  return status && whoseExecution({ executeCount }, status) === 'newer'
    ? `execution ${status.executeCount} was started by somebody else`
    : undefined;
}
async function onCancelled(context) {
  if (!context?.inputs.follow?.stopOnAbort) return { result: 'aborted' };
  const { lifecycle } = context.state;
  if (lifecycle.kind === 'sending') return { result: 'aborted', postLooks: true };
  if (lifecycle.kind !== 'running') return { result: 'aborted' };
  const { accepted } = lifecycle;
  const fresh = await readStatusNow(context.client, accepted.build);
  if (fresh && isEndOf(lifecycle, fresh)) {
    context.state.recordStatus(fresh);
    context.state.advance({ kind: 'end' });
    return { result: 'aborted', stop: { kind: 'unnecessary', why: 'it has ended already' } };
  }
  const why = whyNotOurs(accepted, fresh ?? context.state.record.lastStatus, usernameOf(context));
  if (why !== undefined) return { result: 'aborted', stop: { kind: 'unnecessary', why } };
  const stop = await stopOurBuild(context, lifecycle, { deadlineMs: CANCEL_STOP_MS });
  return stop.kind === 'sent' ? { result: 'stopped' } : { result: 'aborted', stop };
}
function usernameOf({ inputs }) {
  return inputs.access.credentials.username;
}
function isEndOf({ accepted, baseline }, status) {
  return isFinished(status) && whoseExecution({ baseline, executeCount: accepted.executeCount }, status) === 'ours';
}
async function onTimeout(context, running, { status }) {
  const { client, inputs, state } = context;
  const { accepted } = running;
  const outcome = { result: 'timed-out', status };
  if (!inputs.follow?.stopOnAbort) return outcome;
  const why = whyNotOurs(accepted, status, usernameOf(context));
  if (why !== undefined) return { ...outcome, stop: { kind: 'unnecessary', why } };
  const stop = await stopOurBuild(context, running, {
    deadlineMs: TIMEOUT_STOP_MS,
    deadlineSignal: deadlineAfterCancel(context),
  });
  if (!mayStop(stop)) return { ...outcome, stop };
  const isEnd = (seen) => isEndOf(running, seen);
  const ended = await confirmStopped(context, { client, build: accepted.build, isEnd });
  if (!ended) return { ...outcome, stop };
  state.recordStatus(ended);
  return { ...outcome, stop, ended };
}
async function stopOurBuild({ client, state }, { accepted, baseline }, limits) {
  const problem = state.advance({ kind: 'end' });
  const stop = problem ? leftToPost(problem) : await requestStop(client, accepted.build, limits);
  if (stop.kind === 'undelivered') state.advance({ kind: 'stop-failed', accepted, baseline });
  return stop;
}
function leftToPost({ text }) {
  return { kind: 'undelivered', why: `nothing was sent: ${text.problem.replace(/^T/, 't')}` };
}
function readStatusNow(client, build) {
  return client.buildStatus(build, { deadlineMs: CANCEL_READ_MS }).catch(() => undefined);
}
function deadlineAfterCancel({ clock, cancelled }) {
  const late = new AbortController();
  const begin = () => void clock.timer(CANCEL_STOP_MS, () => late.abort(cancelled.reason));
  if (cancelled.aborted) begin();
  else cancelled.addEventListener('abort', begin, { once: true });
  return late.signal;
}

;// CONCATENATED MODULE: ./build/run/saved-state.js




function accessToSave({ access, consoleUrl }) {
  const { api, channelCode, credentials, headers } = access;
  const { username } = credentials;
  return { api: api.root, username, channelCode, consoleUrl, credentials: credentialsOf({ credentials, headers }) };
}
function credentialsOf({ credentials, headers }) {
  return CREDENTIAL_INPUTS.filter((name) =>
    name === 'headers' ? Object.keys(headers).length > 0 : credentials[name] !== undefined,
  );
}
const PHASE = 'phase';
const RETRY = 'retry';
function saveRetry(runner, saved) {
  if (saved) {
    const { phase: _, build, baseline, ...rest } = saved;
    const { projectId, pipelineId, buildId } = build;
    const retry = { build: { projectId, pipelineId, buildId }, baseline: timesOf(baseline), ...rest };
    runner.saveState(RETRY, JSON.stringify(retry));
  }
  runner.saveState(PHASE, saved?.phase ?? 'over');
}
function timesOf(baseline) {
  if (!baseline) return undefined;
  const { status, startTime, endTime, queueTime, executeCount } = baseline;
  return { status, startTime, endTime, queueTime, executeCount };
}
function readSavedRetry(runner) {
  const phase = runner.state(PHASE);
  if (phase === '' || phase === 'over') return 'nothing';
  if (phase !== 'sending' && phase !== 'running') return 'unreadable';
  try {
    const saved = JSON.parse(runner.state(RETRY));
    return isSaved(saved) ? { ...saved, phase } : 'unreadable';
  } catch {
    return 'unreadable';
  }
}
function isSaved(saved) {
  const { build, api, username, channelCode, consoleUrl, credentials, baseline, executeCount, unsure } =
    membersOf(saved);
  const { projectId, pipelineId, buildId } = membersOf(build);
  const isHeader = (text) => 'value' in parseHeaderText(text);
  return (
    [projectId, pipelineId, buildId].every((id) => typeof id === 'string' && isPathId(id)) &&
    typeof api === 'string' &&
    URL.canParse(api) &&
    parseApi(new URL(api))?.root === api &&
    isOptional(username, isHeader) &&
    isOptional(channelCode, isHeader) &&
    isOptional(consoleUrl, (text) => 'value' in parseConsoleUrl(text)) &&
    Array.isArray(credentials) &&
    credentials.every((name) => CREDENTIAL_INPUTS.some((known) => known === name)) &&
    (baseline === undefined || isBaseline(membersOf(baseline))) &&
    isNumber(executeCount) &&
    (unsure === undefined || unsure === true)
  );
}
function isBaseline({ status, startTime, endTime, queueTime, executeCount }) {
  return typeof status === 'string' && [startTime, endTime, queueTime, executeCount].every(isNumber);
}
function membersOf(value) {
  return typeof value === 'object' && value !== null ? value : {};
}
function isOptional(value, isValid) {
  return value === undefined || (typeof value === 'string' && isValid(value));
}
function isNumber(value) {
  return value === undefined || typeof value === 'number';
}

;// CONCATENATED MODULE: ./build/run/post.js




















const BUDGET_MS = 60_000;
const STOP_DEADLINE_MS = 15_000;
const post_READ_DEADLINE_MS = 10_000;
const READ_AT_MS = [0, 2_000, 5_000, 10_000, 20_000, 30_000, 42_000];
const SHORTEST_STOP_MS = 3_000;
async function runPost(step, http) {
  const { runner } = step;
  const secrets = maskSecrets(runner);
  const saved = readSavedRetry(runner);
  if (saved === 'nothing') return;
  if (saved === 'unreadable') {
    const problem = 'A retried build may still be running: the state that the step saved for its post step is damaged';
    runner.annotate('warning', `${problem}, so nothing was sent. Check it in BK-CI.`);
    return;
  }
  const { consoleUrl, build } = saved;
  const where = consoleUrl === undefined ? 'in BK-CI.' : `in BK-CI: ${buildLink(consoleUrl, build)}`;
  try {
    const client = new Client(http, readAccess(runner, saved), secrets);
    await reconcileAndStop(step, client, { ...saved, where });
  } catch (error) {
    const code = error instanceof ActionError ? ` [${error.code}]` : '';
    const why = oneLine(runner.redact(error.message), 1000).replace(/[^.]$/, '$&.');
    runner.annotate('warning', `Build ${build.buildId} may still be running: ${why} Check it ${where}${code}`);
  }
}
function readAccess(runner, saved) {
  const reader = new InputReader(runner);
  if (reader.raw('apiUrl') && reader.read('apiUrl', parseApiUrl)?.api.root !== saved.api)
    throw new ActionError('input-invalid', { problem: 'apiUrl is not the one that the retry was sent to' });
  const api = parseApi(new URL(saved.api));
  if (!api) throw new Error('the saved state has the root of an API');
  const { accessToken, appCode, appSecret } = readCredentials(reader, undefined);
  const headers = readHeaders(reader).values;
  const credentials = { username: saved.username, accessToken, appCode, appSecret };
  const has = credentialsOf({ credentials, headers });
  const missing = saved.credentials.filter((name) => !has.includes(name));
  const namesCaller = api.gateway === 'own' && saved.username !== undefined;
  if (missing.length > 0 && !namesCaller && !accessToken && !(appCode && appSecret)) {
    const problem = `the step had ${listed(missing)}, which its post step did not get, so BK-CI was not asked`;
    throw new ActionError('unauthorized', { problem });
  }
  if (missing.length > 0) {
    const note = `The step had ${listed(missing)}, which its post step did not get.`;
    runner.annotate('warning', `${note} It tries to stop build ${saved.build.buildId} without.`);
  }
  return { api, credentials, headers, channelCode: saved.channelCode };
}
async function reconcileAndStop(step, client, saved) {
  const { runner, clock } = step;
  const start = clock.now();
  const signal = deadlineAfterCancel(step);
  const status = await readRetriedStatus({ clock, signal }, client, saved);
  const name = buildName(status?.buildNumber, saved.build.buildId);
  if (!status) {
    const doubt =
      saved.phase === 'sending' ? `It is not known whether build ${name} was retried` : `Build ${name} can't be read`;
    runner.annotate('warning', `${doubt}, so it was not stopped. Check it ${saved.where}`);
    return;
  }
  if (isFinished(status)) {
    runner.info(logLine('Done', `build ${name} has ended already (${oneLine(status.status, 40)})`));
    return;
  }
  const why = post_whyNotOurs(status, saved);
  if (why !== undefined) {
    runner.annotate('warning', `Build ${name} was not stopped: ${why}. Check it ${saved.where}`);
    return;
  }
  const left = BUDGET_MS - (clock.now() - start);
  const stop = await requestStop(client, saved.build, {
    deadlineMs: Math.max(SHORTEST_STOP_MS, Math.min(STOP_DEADLINE_MS, left)),
    deadlineSignal: signal,
  });
  if (stop.kind === 'unnecessary') {
    runner.info(logLine('Done', `build ${name} was not stopped: ${stop.why}`));
    return;
  }
  const isEnd = (seen) => isFinished(seen) && whoseExecution({ executeCount: status.executeCount }, seen) === 'ours';
  const withinMs = BUDGET_MS - (clock.now() - start);
  const ended = mayStop(stop) ? await confirmStopped(step, { client, build: saved.build, isEnd, withinMs }) : undefined;
  reportStop(step, { name, stop, ended, where: saved.where });
}
function reportStop({ runner }, { name, stop, ended, where }) {
  if (ended) {
    const how = wasStopped(ended) ? 'has ended' : `ended: ${oneLine(ended.status, 40)}`;
    runner.info(logLine('Stopped', `build ${name}, since the step ended before it; it ${how}`));
    return;
  }
  runner.annotate('warning', `Build ${name} ${stopProblem(stop)} Check it ${where}`);
}
function stopProblem(stop) {
  switch (stop.kind) {
    case 'sent':
      return 'was asked to stop, but its end was not seen.';
    case 'unanswered':
      return `was asked to stop, but ${stop.why}.`;
    case 'undelivered':
      return `could not be stopped: ${stop.why}.`;
    case 'failed':
    case 'too-soon':
      return `could not be stopped: ${stop.why}`;
  }
}
function post_whyNotOurs(status, { phase, baseline, username, executeCount, unsure }) {
  const insideRunning = baseline !== undefined && !isFinished(baseline);
  const own = {
    executeCount: executeCount ?? expectedExecution(baseline, insideRunning),
    username: phase === 'sending' ? username : undefined,
  };
  const whose = whoseExecution(own, status);
  if (unsure && (username === undefined || status.startedBy !== username))
    return 'it is not known who started the execution that runs';
  if (whose === 'ours' || whose === 'before ours') return undefined;
  return `${oneLine(status.startedBy ?? 'somebody else', 80)} has started the execution that runs`;
}
function readRetriedStatus({ clock, signal }, client, { phase, build, baseline, executeCount }) {
  const options = { deadlineMs: post_READ_DEADLINE_MS, consequence: 'it was not stopped', signal };
  return pollAt(
    { clock, at: READ_AT_MS, signal },
    () => ignoreTransient(client.buildStatus(build, options)),
    (status) => (baseline ? whoseExecution({ baseline, executeCount }, status) !== 'before ours' : phase === 'running'),
  );
}
async function ignoreTransient(read) {
  try {
    return await read;
  } catch (error) {
    if (isFinal(error)) throw error;
    return undefined;
  }
}

;// CONCATENATED MODULE: ./build/find/bkci-checks.js

function bkciChecks(checks, filter) {
  return checks.flatMap((run) => {
    const check = asBkciCheck(run, filter);
    return check ? [check] : [];
  });
}
function newestChecks(checks, filter) {
  const newest = new Map();
  for (const check of bkciChecks(checks, filter)) {
    const pipeline = `${check.projectId}/${check.pipelineId}`;
    const previous = newest.get(pipeline);
    if (!previous || isNewer(check.run, previous.run)) newest.set(pipeline, check);
  }
  return [...newest.values()];
}
function unusedCodeccChecks(checks, { selector }) {
  const { projectId, pipelineId } = selector.ids;
  if (projectId !== undefined && pipelineId !== undefined) return [];
  const newest = new Map();
  for (const run of checks) {
    const pipeline = run.externalId.slice(0, Math.max(0, run.externalId.lastIndexOf('_')));
    const given = [projectId, pipelineId].filter((id) => id !== undefined);
    if (pipeline.split('_').length < 3 || !given.every((id) => `${pipeline}_`.includes(`_${id}_`))) continue;
    if (!isAppBelieved(run, selector) || codeccOrigin(run) === undefined) continue;
    const previous = newest.get(pipeline);
    if (!previous || isNewer(run, previous)) newest.set(pipeline, run);
  }
  return [...newest.values()].filter((run) => run.status !== 'completed' || run.conclusion !== 'success');
}
function asBkciCheck(run, { selector, consoleUrl }) {
  if (!isAppBelieved(run, selector)) return undefined;
  const build = linkedBuild(run, consoleUrl) ?? codeccBuild(run, selector);
  if (!build || ![build.projectId, build.pipelineId, build.buildId].every(isPathId)) return undefined;
  const { projectId = build.projectId, pipelineId = build.pipelineId } = selector.ids;
  return projectId === build.projectId && pipelineId === build.pipelineId ? { ...build, run } : undefined;
}
function isAppBelieved({ app }, { checkApp }) {
  const slug = app.toLowerCase();
  return slug !== '' && slug !== 'github-actions' && (checkApp === undefined || slug === checkApp.toLowerCase());
}
function linkedBuild({ detailsUrl, externalId }, consoleUrl) {
  const link = parseLink(detailsUrl);
  if (!link || (consoleUrl !== undefined && hostOf(link.consoleUrl) !== hostOf(consoleUrl))) return undefined;
  const { projectId, pipelineId, buildId } = link;
  if (!externalId.endsWith(`_${projectId}_${pipelineId}_${buildId}`)) return undefined;
  return { projectId, pipelineId, buildId, origin: new URL(link.consoleUrl).origin };
}
function codeccBuild(run, { ids: { projectId, pipelineId } }) {
  const origin = codeccOrigin(run);
  if (origin === undefined || projectId === undefined || pipelineId === undefined) return undefined;
  const middle = `_${projectId}_${pipelineId}_`;
  const at = run.externalId.lastIndexOf(middle);
  const buildId = run.externalId.slice(at + middle.length);
  return at > 0 && !buildId.includes('_') ? { projectId, pipelineId, buildId, origin } : undefined;
}
function codeccOrigin({ detailsUrl }) {
  if (!URL.canParse(detailsUrl)) return undefined;
  const { protocol, username, password, pathname, origin } = new URL(detailsUrl);
  const isPlain = /^https?:$/.test(protocol) && username === '' && password === '';
  return isPlain && pathname.includes('/codecc/') ? origin : undefined;
}
function hostOf(address) {
  return new URL(address).host.replace(/:(?:80|443)$/, '');
}
function isNewer(run, previous) {
  const hasTimes = run.startedAt !== '' && previous.startedAt !== '';
  return hasTimes && run.startedAt !== previous.startedAt ? run.startedAt > previous.startedAt : run.id > previous.id;
}

;// CONCATENATED MODULE: ./build/find/candidate.js


function candidateOf(build, consoleUrl, name) {
  return { ...build, buildUrl: consoleUrl === undefined ? '' : buildLink(consoleUrl, build), name: oneLine(name, 200) };
}

;// CONCATENATED MODULE: ./build/find/by-checks.js





function findByChecks(search, { ref, checks }) {
  const commit = /^[0-9a-f]{40}$/.test(ref) ? `commit ${ref.slice(0, 10)}` : oneLine(ref, 80);
  const app = theOneApp(bkciChecks(checks, search), commit);
  const newest = newestChecks(checks, search);
  const failed = newest.filter(({ run }) => by_checks_stateOf(run) === 'failed');
  const notices = [...appNotice(search, app), ...codeccNotice(search, checks)];
  const [only] = failed;
  if (!only) return { ...noFailedCheck(search, { newest, commit, checks }), notices };
  const candidates = failed.map((check) => candidateOf(refOf(check), search.consoleUrl, check.run.name));
  if (failed.length > 1) return { kind: 'ambiguous', candidates, commit, notices };
  return {
    kind: 'build',
    build: refOf(only),
    candidates,
    explanation: `check ${quote(only.run.name, 120)} of ${commit} failed: build ${only.buildId}`,
    notices,
  };
}
function by_checks_stateOf({ status, conclusion }) {
  if (status !== 'completed') return 'running';
  if (conclusion === 'failure') return 'failed';
  return conclusion === 'success' ? 'passed' : 'other';
}
function theOneApp(checks, commit) {
  const apps = [...new Set(checks.map(({ run }) => run.app.toLowerCase()))];
  if (apps.length <= 1) return apps[0];
  const names = apps.slice(0, 10).map((app) => quote(app, 80));
  throw new ActionError('ambiguous', {
    problem: `The BK-CI checks of ${commit} were written by ${apps.length} GitHub Apps: ${listed(names)}`,
    consequence: NOTHING_SENT,
    remedy: 'Set checkApp to the one that your BK-CI reports with.',
  });
}
function appNotice({ selector }, app) {
  if (app === undefined || selector.checkApp !== undefined) return [];
  return [
    `The BK-CI checks were believed because one GitHub App, ${quote(app, 80)}, wrote all of them. If it is the one of your BK-CI, set checkApp: ${oneLine(app, 80)}, so that checks of other apps never count.`,
  ];
}
function codeccNotice(search, checks) {
  const hint = codeccHint(search, checks);
  return hint === '' ? [] : [hint.trim()];
}
function codeccHint(search, checks) {
  const unused = unusedCodeccChecks(checks, search);
  if (unused.length === 0) return '';
  const names = unused.slice(0, 3).map(({ name }) => quote(name, 80));
  const [what, it] = unused.length === 1 ? ['CodeCC check', 'it'] : [`${unused.length} CodeCC checks`, 'them'];
  return `The ${what} ${listed(names)} ${unused.length === 1 ? 'was' : 'were'} not used: give projectId and pipelineId to use ${it}. `;
}
function ambiguousError({ candidates, commit }) {
  const lines = candidates.slice(0, 20).map(({ name, buildUrl, projectId, pipelineId, buildId }) => {
    return `${quote(name, 100)}: ${buildUrl || `${projectId} / ${pipelineId} / ${buildId}`}`;
  });
  return new ActionError('ambiguous', {
    problem: `${candidates.length} BK-CI checks of ${commit} have failed, and one build is retried at a time`,
    consequence: NOTHING_SENT,
    remedy: `Give pipelineId or buildUrl, or run a matrix over the output candidates`,
    list: lines,
  });
}
function refOf({ projectId, pipelineId, buildId }) {
  return { projectId, pipelineId, buildId };
}
function noFailedCheck(search, { newest, commit, checks }) {
  const { onlyIfFailed, selector } = search;
  const total = checks.length;
  const count = (state) => newest.filter(({ run }) => by_checks_stateOf(run) === state).length;
  const [passed, running, others] = [count('passed'), count('running'), count('other')];
  const ended = others > 0 ? `, ${others} ended otherwise` : '';
  const counts = `${passed} passed, ${running} still ${running === 1 ? 'runs' : 'run'}${ended}`;
  if (onlyIfFailed && newest.length > 0 && passed === newest.length) {
    return { kind: 'none', why: `no BK-CI check of ${commit} has failed (${counts})` };
  }
  const filters = Object.entries(selector.ids).flatMap(([name, id]) => (id === undefined ? [] : [`${name} ${id}`]));
  const filter = filters.length > 0 ? ` with ${listed(filters)}` : '';
  const found = `${total} check ${total === 1 ? 'run' : 'runs'} seen, ${newest.length} of BK-CI${filter}: ${counts}`;
  throw new ActionError('not-found', {
    problem: `No failed BK-CI check was found at ${commit} (${found})`,
    consequence: NOTHING_SENT,
    remedy: `${otherConsolesHint(checks, search)}${codeccHint(search, checks)}${running === 0 ? 'Give' : `Wait for ${running === 1 ? 'its' : 'their'} end, or give`} buildUrl or buildId${onlyIfFailed ? '' : ', or set onlyIfFailed: true to do nothing when all is green'}.`,
  });
}
function otherConsolesHint(checks, { selector, consoleUrl }) {
  if (consoleUrl === undefined) return '';
  const known = new Set(newestChecks(checks, { selector, consoleUrl }).map(({ run }) => run));
  const elsewhere = newestChecks(checks, { selector, consoleUrl: undefined }).filter(({ run }) => !known.has(run));
  if (elsewhere.length === 0) return '';
  const hosts = [...new Set(elsewhere.map((check) => quote(check.origin, 80)))].slice(0, 3);
  return `${elsewhere.length} more ${elsewhere.length === 1 ? 'points' : 'point'} to ${listed(hosts)} instead of ${consoleUrl}: set consoleUrl if that is your BK-CI's. `;
}

;// CONCATENATED MODULE: ./build/find/find-build.js



async function findBuild(search) {
  const { ids, link, buildNumber } = search.selector;
  const { projectId, pipelineId, buildId } = link ?? ids;
  if (projectId && pipelineId && buildId) return foundBuild({ projectId, pipelineId, buildId }, search);
  if (projectId && pipelineId && buildNumber !== undefined)
    return byNumber(search, { projectId, pipelineId }, buildNumber);
  return findByChecks(search, await search.readChecks());
}
function foundBuild(build, search, { name = build.buildId, explanation } = {}) {
  return {
    kind: 'build',
    build,
    candidates: [candidateOf(build, search.consoleUrl, name)],
    explanation,
  };
}
const PAGE_SIZE = 100;
const MAX_PAGES = 20;
async function byNumber(search, pipeline, wanted) {
  const pageSize = wanted === 'latest' ? 1 : PAGE_SIZE;
  const numbers = [];
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const query = { page, pageSize, ...(wanted === 'latest' ? {} : { number: wanted }) };
    const builds = await readPage(search, pipeline, query);
    const build = wanted === 'latest' ? builds[0] : builds.find(({ buildNumber }) => buildNumber === wanted);
    if (build) {
      const explanation = `build ${build.buildId} is ${wanted === 'latest' ? 'the latest, ' : ''}number ${build.buildNumber} of the pipeline`;
      return foundBuild({ ...pipeline, buildId: build.buildId }, search, {
        name: `#${build.buildNumber}`,
        explanation,
      });
    }
    numbers.push(...builds.map(({ buildNumber }) => buildNumber));
    const isPast = wanted !== 'latest' && builds.some(({ buildNumber }) => buildNumber < wanted);
    if (builds.length < pageSize || isPast) break;
  }
  if (numbers.length > 0 || wanted === 'latest') throw noSuchNumber(pipeline, wanted, rangeOf(numbers));
  const [newest] = await readPage(search, pipeline, { page: 1, pageSize: 1 });
  throw noSuchNumber(pipeline, wanted, newest ? `The newest is build ${newest.buildNumber}. ` : '');
}
function readPage({ reader, cancelled }, pipeline, page) {
  return reader.buildHistory(pipeline, { ...page, signal: cancelled });
}
function rangeOf(numbers) {
  if (numbers.length === 0) return '';
  const [first, last] = [Math.min(...numbers), Math.max(...numbers)];
  return `Seen: ${first === last ? `build ${first} alone` : `builds ${first} to ${last}`}. `;
}
function noSuchNumber({ pipelineId }, wanted, seen) {
  const what = wanted === 'latest' ? 'no build yet' : `no build with the number ${wanted}`;
  return new ActionError('not-found', {
    problem: `Pipeline ${pipelineId} has ${what}`,
    consequence: NOTHING_SENT,
    remedy: `${seen}Check buildNumber, pipelineId and projectId.`,
  });
}

;// CONCATENATED MODULE: ./build/find/github-server.js



function githubServer(runner) {
  const otherServer = ['GITEA_ACTIONS', 'FORGEJO_ACTIONS'].find((name) => runner.environment(name) !== '');
  if (otherServer) throw noCheckRuns(`${otherServer} is set`);
  const baseUrl = runner.environment('GITHUB_API_URL') || 'https://api.github.com';
  const repository = runner.environment('GITHUB_REPOSITORY');
  const [, owner, repo] = /^([\w.-]+)\/([\w.-]+)$/.exec(repository) ?? [];
  const list = [
    ...(isAddress(baseUrl)
      ? []
      : [`GITHUB_API_URL: ${shownAddress(baseUrl, 120)} is not an http(s) address such as https://api.github.com`]),
    ...(owner && repo ? [] : [`GITHUB_REPOSITORY: ${quote(repository, 80)} is not of the form OWNER/NAME`]),
  ];
  if (owner && repo && list.length === 0) return { baseUrl, owner, repo };
  throw new ActionError('input-invalid', {
    problem: 'The checks of the commit need variables of the runner that are not valid',
    consequence: NOTHING_SENT,
    remedy: 'Give buildUrl or buildId instead, or correct them',
    list,
  });
}
function noCheckRuns(sign, cause) {
  return new ActionError(
    'input-invalid',
    {
      problem: `This server has no check runs to find the build by (${sign})`,
      consequence: NOTHING_SENT,
      remedy: 'Give buildUrl or buildId.',
    },
    { cause },
  );
}
function isAddress(text) {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '' && !/[?#]/.test(text);
}

;// CONCATENATED MODULE: ./build/find/github-errors.js








function explainError(error, search) {
  const { baseUrl, redact } = search;
  const cause = knownCause(error);
  if (cause instanceof ActionError) return cause;
  if (cause instanceof DecodeError) return refusal(UNEXPECTED, `(${cause.message})`, error);
  const { status, message = '' } = error;
  const sends = cause && isPermanent(cause.code) ? 1 : UNLIMITED;
  const transient = (reason, retryAfterMs) => {
    const answer = retryAfterMs === undefined ? {} : { response: { ...answerOf(error), retryAfterMs } };
    return new TransientError(
      { kind: 'answer-lost', reason: `GitHub: ${reason}`, answered: false, sends, ...answer },
      describeSearch(baseUrl),
    );
  };
  const proxyStatus = cause ? cause.tunnelRefusal?.status : proxysStatus(error);
  if (proxyStatus !== undefined && isFinalForProxy(proxyStatus)) {
    return refusal(OF_PROXY, `(HTTP ${proxyStatus})`, error);
  }
  if (cause?.code === 'BODY_TOO_LARGE') return refusal(UNEXPECTED, `(${cause.message})`, error);
  if (cause) return transient(cause.message);
  const waitMs = rateLimitWait(error);
  if (waitMs !== undefined) return transient(`rate limit, HTTP ${status}`, waitMs);
  if (status !== undefined && status >= 500) return transient(`HTTP ${status}`, answerOf(error).retryAfterMs);
  if (status === 404 && !isGithubs(error)) return noCheckRuns('HTTP 404', error);
  const words = quote(cap(redact(message), 2_000).replace(/ - https:\S+$/, ''), 200);
  return refusal(refusalOf(status, search), `(HTTP ${status ?? '?'} ${words})`, error);
}
function refusal({ code, problem, remedy }, words, cause) {
  return new ActionError(code, { problem: `${problem} ${words}`, consequence: NOTHING_SENT, remedy }, { cause });
}
const UNEXPECTED = {
  code: 'unexpected-answer',
  problem: "GitHub's answer to the search for checks was not understood",
  remedy: 'Give buildUrl or buildId instead.',
};
const OF_PROXY = {
  code: 'not-delivered',
  problem: "The proxy of this runner does not let it reach GitHub's API",
  remedy: 'Check the proxy and its user in https_proxy (http_proxy for a plain http API), or give buildUrl or buildId.',
};
function refusalOf(status, { permission, isRefGiven }) {
  switch (status) {
    case 401:
      return {
        code: 'unauthorized',
        problem: 'GitHub does not accept githubToken',
        remedy: 'Leave githubToken out to use the token of the job.',
      };
    case 403:
    case 404:
      return {
        code: 'forbidden',
        problem: 'GitHub does not let this job read the checks of the commit',
        remedy: `Add ${permission} to the permissions of the job${isRefGiven ? ', and check ref' : ''}.`,
      };
    case 422:
      return {
        code: 'not-found',
        problem: 'GitHub knows no such commit, branch or tag',
        remedy: isRefGiven ? 'Check ref.' : UNEXPECTED.remedy,
      };
    default:
      return UNEXPECTED;
  }
}
function describeSearch(baseUrl) {
  return {
    request: baseUrl,
    subject: 'The search for checks',
    consequence: 'nothing was retried',
    remedy: "Check that this runner reaches GitHub's API, or give buildUrl or buildId; then run this step again later.",
  };
}
const DEFAULT_LIMIT_MS = 60_000;
function rateLimitWait(error) {
  const { status, message = '' } = error;
  if (status !== 403 && status !== 429) return undefined;
  const headers = headersOf(error);
  const { retryAfterMs } = answerOf(error);
  if (retryAfterMs !== undefined) return retryAfterMs;
  if (headers['x-ratelimit-remaining'] === '0') {
    const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN);
    return msUntil(reset * 1000, headers) ?? DEFAULT_LIMIT_MS;
  }
  const isLimit = status === 429 || /rate limit|abuse detection/i.test(message.slice(0, 2000));
  return isLimit ? DEFAULT_LIMIT_MS : undefined;
}
function answerOf(error) {
  const { status = 0 } = error;
  return parseResponse({ status, headers: headersOf(error), body: '' });
}
function isGithubs(error) {
  const { data } = error.response ?? {};
  const hasDocumentation = typeof data?.documentation_url === 'string';
  return hasDocumentation || headersOf(error)['x-github-request-id'] !== undefined;
}
function proxysStatus(error) {
  return answerOf(error).proxy === undefined ? undefined : error.status;
}
function headersOf({ response }) {
  return response?.headers ?? {};
}
function knownCause(error) {
  if (error instanceof NetworkError || error instanceof ActionError || error instanceof DecodeError) return error;
  const cause = error?.cause;
  return cause === undefined || cause === error ? undefined : knownCause(cause);
}

;// CONCATENATED MODULE: ./build/find/github-checks.js





async function readChecks(runner, { http, token, commit, cancelled }) {
  const { baseUrl, owner, repo } = githubServer(runner);
  const { getOctokit } = await __nccwpck_require__.e(/* import() */ 413).then(__nccwpck_require__.bind(__nccwpck_require__, 413));
  const octokit = getOctokit(token, {
    baseUrl,
    request: { fetch: fetchOver(http, { origin: new URL(baseUrl).origin, signal: cancelled }), log: SILENT },
    log: SILENT,
  });
  try {
    const ref = 'ref' in commit ? commit.ref : await headOf(octokit, { owner, repo, pull_number: commit.pullRequest });
    const readPage = async (page) =>
      decodePage(await octokit.rest.checks.listForRef({ owner, repo, ref, filter: 'all', per_page: github_checks_PAGE_SIZE, page }));
    const redacted = (text, name) => (name === 'name' ? runner.redact(text) : text);
    return { ref, checks: mapTexts(await allChecks(readPage), redacted) };
  } catch (error) {
    if (cancelled.aborted) throw cancelled.reason;
    throw explainError(error, {
      baseUrl,
      redact: runner.redact,
      isRefGiven: runner.input('ref') !== '',
      permission: 'ref' in commit ? 'checks: read' : 'checks: read and pull-requests: read',
    });
  }
}
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
function okData({ status, data }) {
  if (status !== 200) throw new DecodeError(`HTTP ${status}`);
  return requiredObject(data, 'the answer');
}
async function headOf(octokit, pull) {
  const head = requiredObject(okData(await octokit.rest.pulls.get(pull)).head, 'head');
  const sha = requiredText(head, 'sha', 'head');
  if (!/^[0-9a-f]{40,64}$/.test(sha)) throw new DecodeError('head.sha is not a commit');
  return sha;
}
const github_checks_PAGE_SIZE = 100;
const github_checks_MAX_PAGES = 20;
async function allChecks(readPage) {
  const first = await readPages(readPage);
  if (first.runs.length === first.total) return first.runs;
  const second = await readPages(readPage);
  if (second.runs.length === second.total) return second.runs;
  throw new ActionError('unexpected-answer', {
    problem: `GitHub says that the commit has ${second.total} check runs, and lists ${second.runs.length}, twice`,
    consequence: NOTHING_SENT,
    remedy: UNEXPECTED.remedy,
  });
}
async function readPages(readPage) {
  const runs = new Map();
  for (let page = 1; ; page += 1) {
    const { total, runs: more } = await readPage(page);
    if (total > github_checks_MAX_PAGES * github_checks_PAGE_SIZE) throw tooManyChecks(total);
    for (const run of more) runs.set(run.id, run);
    if (page * github_checks_PAGE_SIZE >= total) return { total, runs: [...runs.values()] };
  }
}
function tooManyChecks(total) {
  return new ActionError('not-found', {
    problem: `The commit has ${total} check runs, and this step reads ${github_checks_MAX_PAGES * github_checks_PAGE_SIZE} at most`,
    consequence: NOTHING_SENT,
    remedy: 'Give buildUrl or buildId instead.',
  });
}
function decodePage(response) {
  const { total_count: total, check_runs: runs } = okData(response);
  if (!isCount(total)) throw new DecodeError('total_count is not a count');
  if (!Array.isArray(runs)) throw new DecodeError('check_runs is not a list');
  return { total, runs: runs.map((run, index) => decodeRun(run, `check_runs[${index}]`)) };
}
function isCount(value) {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
function decodeRun(value, path) {
  const from = requiredObject(value, path);
  if (!isCount(from.id)) throw new DecodeError(`${path}.id is not an id`);
  const isRunning = from.conclusion === null || from.conclusion === undefined;
  return {
    id: from.id,
    name: optionalText(from.name) ?? '',
    app: optionalText(optionalObject(from.app).slug) ?? '',
    detailsUrl: optionalText(from.details_url) ?? '',
    externalId: optionalText(from.external_id) ?? '',
    startedAt: optionalText(from.started_at) ?? '',
    status: requiredText(from, 'status', path),
    conclusion: isRunning ? '' : requiredText(from, 'conclusion', path),
  };
}
const DEADLINE_MS = 20_000;
const github_checks_MAX_BYTES = 2 * 1024 * 1024;
const MAX_REDIRECTS = 3;
function fetchOver(http, { origin, signal }) {
  return async (address, options) => {
    const send = (url) => {
      if (url.origin !== origin) throw foreignAddress(url.origin);
      return http.send({
        method: 'GET',
        url,
        headers: options.headers ?? {},
        deadlineMs: DEADLINE_MS,
        maxBytes: github_checks_MAX_BYTES,
        ownConnection: false,
        signal,
      });
    };
    let url = new URL(address);
    let response = await send(url);
    for (let left = MAX_REDIRECTS; left > 0 && isRedirect(response, url); left -= 1) {
      url = new URL(response.headers.location ?? '', url);
      response = await send(url);
    }
    return asFetchResponse(response);
  };
}
function isRedirect({ status, headers }, url) {
  return [301, 302, 307, 308].includes(status) && URL.canParse(headers.location ?? '', url.href) && !!headers.location;
}
function asFetchResponse({ status, headers, body }) {
  if (status < 200 || status > 599) throw new DecodeError(`HTTP ${status}`);
  const isBodiless = status === 204 || status === 205 || status === 304;
  const textHeaders = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value]] : [],
  );
  return new Response(isBodiless ? null : body, { status, headers: textHeaders });
}
function foreignAddress(origin) {
  return new ActionError('unexpected-answer', {
    problem: `GitHub redirects the search for checks to another address, ${oneLine(origin, 200)}`,
    consequence: `${NOTHING_SENT}, since githubToken goes to GITHUB_API_URL only`,
    remedy: 'If the repository has moved, run the workflow there; or give buildUrl or buildId.',
  });
}

;// CONCATENATED MODULE: ./build/find/project-hint.js

function withProjectHint(error, projectId) {
  if (error.code !== 'not-found' || projectId === undefined || !/^[A-Z]|[^ -~]/.test(projectId)) return error;
  const hint = `projectId ${quote(projectId, 80)} looks like a display name: give the English name in the address bar.`;
  return error.with({ remedy: [error.text.remedy, hint].filter(Boolean).join(' ') });
}

;// CONCATENATED MODULE: ./build/follow/repeating.js

const repeating_BUDGET_MS = 15_000;
const FIRST_PAUSE_MS = 1_000;
function repeating(step, client) {
  let leftMs = repeating_BUDGET_MS;
  const read = async (send) => {
    try {
      return await send();
    } catch (error) {
      const start = step.clock.now();
      return await repeat(step, send, { error, leftMs }).finally(() => {
        leftMs -= step.clock.now() - start;
      });
    }
  };
  return {
    buildDetail: (build, options) => read((deadlineMs) => client.buildDetail(build, { ...options, deadlineMs })),
    taskLog: (build, options) => read((deadlineMs) => client.taskLog(build, { ...options, deadlineMs })),
  };
}
async function repeat({ clock, cancelled }, send, { error: first, leftMs }) {
  const end = clock.now() + leftMs;
  let error = first;
  for (let sent = 1, pauseMs = FIRST_PAUSE_MS; ; sent += 1, pauseMs *= 2) {
    if (!(error instanceof TransientError) || sent >= error.outcome.sends) throw error;
    const pause = Math.max(pauseMs, error.outcome.response?.retryAfterMs ?? 0);
    const deadlineMs = end - clock.now() - pause;
    if (deadlineMs <= 0) throw error;
    await clock.sleep(pause, cancelled);
    try {
      return await send(deadlineMs);
    } catch (next) {
      error = next;
    }
  }
}

;// CONCATENATED MODULE: ./build/follow/failures.js





async function collectFailures(step, given) {
  const options = { ...given, client: repeating(step, given.client) };
  const detail = await readDetail(step, options);
  const failedTasks = failedTasksOf(detail, options.status, options.hasRun);
  const logs = await readLogs(step, options, failedTasks);
  return { failedTasks, logs, stages: [], ...(detail ? overviewOf(detail) : {}) };
}
function collectLogs(step, given, failedTasks) {
  return readLogs(step, { ...given, client: repeating(step, given.client) }, failedTasks);
}
function overviewOf({ stages, pipelineName, firstStartedBy }) {
  return { stages: stages.map(({ jobs: _, ...stage }) => stage), pipelineName, firstStartedBy };
}
const OVERVIEW_DEADLINE_MS = 5_000;
async function readOverview({ runner, cancelled }, { client, build }) {
  try {
    return overviewOf(await client.buildDetail(build, { signal: cancelled, deadlineMs: OVERVIEW_DEADLINE_MS }));
  } catch (error) {
    runner.debug(`The detail could not be read for the summary: ${failures_reasonOf(error)}`);
    return undefined;
  }
}
async function readDetail({ runner, cancelled }, { client, build }) {
  try {
    return await client.buildDetail(build, { signal: cancelled });
  } catch (error) {
    if (cancelled.aborted) throw error;
    runner.debug(`The detail could not be read: ${failures_reasonOf(error)}`);
    return undefined;
  }
}
const LOGS_SHOWN = 5;
const LOGS_CAP = 200_000;
async function readLogs(step, options, tasks) {
  if (options.logLines === 0) return [];
  const logs = [];
  for (const task of tasks.filter(({ taskId, tolerated }) => taskId !== '' && !tolerated).slice(0, LOGS_SHOWN)) {
    step.cancelled.throwIfAborted();
    logs.push(await readLog(step, options, task));
  }
  const shares = fairShares(logs.map(({ lines }) => sizeOf(lines)));
  return logs.map((log, index) => ({ ...log, lines: shownLines(log.lines, shares[index] ?? 0, options.logLines) }));
}
function fairShares(sizes) {
  const shares = [...sizes];
  let rest = LOGS_CAP;
  const smallestFirst = [...sizes.keys()].sort((a, b) => (sizes[a] ?? 0) - (sizes[b] ?? 0));
  for (const [done, index] of smallestFirst.entries()) {
    const share = Math.min(sizes[index] ?? 0, Math.floor(rest / (sizes.length - done)));
    shares[index] = share;
    rest -= share;
  }
  return shares;
}
const MARKER = /^\s{0,8}##\[\w{1,20}\]/;
function shownLines(lines, share, count) {
  return lastWithin(lines, share)
    .flatMap((line) => cleanLines(line.replace(MARKER, '')))
    .slice(-count);
}
const LOG_MISSING = {
  empty: 'it is empty',
  expired: 'it has expired',
  closed: 'it is archived',
  failed: 'BK-CI could not read it',
};
async function readLog({ cancelled }, { client, build, status, logLines }, task) {
  const { executeCount } = status;
  try {
    const { state, lines } = await client.taskLog(build, {
      taskId: task.taskId,
      lines: logLines,
      signal: cancelled,
      executeCount,
    });
    if (lines.some((line) => line !== '')) return { task, lines: lines.slice(-logLines) };
    return { task, lines: [], missing: LOG_MISSING[state === 'found' ? 'empty' : state] };
  } catch (error) {
    if (cancelled.aborted) throw error;
    return { task, lines: [], missing: failures_reasonOf(error) };
  }
}
function lastWithin(lines, max) {
  let size = 0;
  const first = lines.findLastIndex((line) => {
    size += line.length;
    return size > max;
  });
  const whole = lines.slice(first + 1);
  return whole.length > 0 ? whole : lines.slice(-1).map((line) => line.slice(0, max));
}
function sizeOf(lines) {
  return lines.reduce((sum, line) => sum + line.length, 0);
}
function failures_reasonOf(error) {
  if (error instanceof ActionError) return error.response ? `it was refused (HTTP ${error.response.http})` : error.code;
  return error instanceof TransientError ? `it was not answered (${error.message})` : 'it could not be read';
}

;// CONCATENATED MODULE: ./build/github/event.js
function commitFromEvent(runner) {
  const ref = runner.input('ref');
  if (ref !== '') return { ref };
  const namesBuild = ['buildId', 'buildNumber', 'buildUrl'].some((name) => runner.input(name) !== '');
  return namesBuild ? undefined : eventCommit(runner);
}
function workflowRun(runner) {
  const server = runner.environment('GITHUB_SERVER_URL');
  const repository = runner.environment('GITHUB_REPOSITORY');
  const id = runner.environment('GITHUB_RUN_ID');
  return isServer(server) && isRepository(repository) && /^\d+$/.test(id)
    ? `${server}/${repository}/actions/runs/${id}`
    : undefined;
}
function isServer(text) {
  return /^https?:\/\/[\w.:-]+$/.test(text);
}
function isRepository(text) {
  return /^[\w.-]+\/[\w.-]+$/.test(text);
}
function actionPages(runner) {
  const server = runner.environment('GITHUB_SERVER_URL');
  const repository = runner.environment('GITHUB_ACTION_REPOSITORY');
  const ref = runner.environment('GITHUB_ACTION_REF');
  const isRef = /^[\w.-]+(?:\/[\w.-]+)*$/.test(ref) && !ref.includes('..');
  return isServer(server) && isRepository(repository) && isRef ? `${server}/${repository}/blob/${ref}/docs` : undefined;
}
function eventCommit(runner) {
  const name = runner.environment('GITHUB_EVENT_NAME');
  if (/^pull_request/.test(name))
    return asCommit(member(member(member(runner.event(), 'pull_request'), 'head'), 'sha'));
  if (name === 'check_run' || name === 'check_suite') return asCommit(member(member(runner.event(), name), 'head_sha'));
  if (name !== 'issue_comment') return undefined;
  const issue = member(runner.event(), 'issue');
  const number = member(issue, 'number');
  const onPullRequest = member(issue, 'pull_request') !== undefined;
  return onPullRequest && typeof number === 'number' ? { pullRequest: number } : undefined;
}
function asCommit(sha) {
  return typeof sha === 'string' && /^[0-9a-f]{7,64}$/.test(sha) ? { ref: sha } : undefined;
}
function member(from, name) {
  return typeof from === 'object' && from !== null ? from[name] : undefined;
}

;// CONCATENATED MODULE: ./build/inputs/near-misses.js

const EXACT_NAMES = new Set(INPUT_NAMES.map((name) => name.toUpperCase()));
function nearMisses(runner) {
  const given = new Set(INPUT_NAMES.map((name) => runner.input(name)));
  return runner.inputNames().flatMap((written) => {
    const value = runner.input(written);
    const meant = value === '' || EXACT_NAMES.has(written.toUpperCase()) ? undefined : nearestName(written);
    if (meant === undefined) return [];
    const isPassedOn = runner.input(meant) === value || (!isFlagOrNumber(value) && given.has(value));
    return isPassedOn ? [] : [{ written, meant }];
  });
}
function isFlagOrNumber(value) {
  return /^(?:true|false)$/i.test(value) || !Number.isNaN(Number(value));
}
const MOST_EDITS = 2;
const SHORT_NAME = 4;
function nearestName(written) {
  const word = near_misses_plain(written);
  const [nearest] = INPUT_NAMES.map((name) => {
    const limit = name.length <= SHORT_NAME ? 1 : MOST_EDITS;
    return { name, edits: editsBetween(word, near_misses_plain(name), limit) };
  })
    .filter(({ edits }) => edits <= MOST_EDITS)
    .sort((a, b) => a.edits - b.edits);
  return nearest?.name;
}
function near_misses_plain(name) {
  return name.replace(/[-_ ]/g, '').toLowerCase();
}
function editsBetween(from, to, limit) {
  if (from !== '' && from[0] === to[0]) return editsBetween(from.slice(1), to.slice(1), limit);
  if (from === '' && to === '') return 0;
  if (limit === 0) return Number.POSITIVE_INFINITY;
  const rest = (skipped, skippedOfOther) => editsBetween(from.slice(skipped), to.slice(skippedOfOther), limit - 1);
  const isSwap = from.length > 1 && from[0] === to[1] && from[1] === to[0];
  return 1 + Math.min(rest(1, 0), rest(0, 1), rest(1, 1), isSwap ? rest(2, 2) : Number.POSITIVE_INFINITY);
}

;// CONCATENATED MODULE: ./build/inputs/inputs.js





function readInputs(runner, canSearch) {
  const reader = new InputReader(runner);
  for (const name of nearMisses(runner)) reader.misspelt(name);
  const address = reader.raw('apiUrl')
    ? reader.read('apiUrl', parseApiUrl)
    : reader.missing('apiUrl', 'Give the address of BK-CI, such as https://devops.example.com');
  const credentials = readCredentials(reader, address?.api);
  const headers = readHeaders(reader);
  const selector = readSelector(reader, { canSearch, hasCommit: runner.environment('GITHUB_SHA') !== '' });
  const retry = readRetry(reader);
  const follow = readFollow(reader, retry);
  const consoleUrl =
    reader.read('consoleUrl', parseConsoleUrl) ??
    selector.link?.consoleUrl ??
    (address?.api.gateway === 'own' ? address.url.origin : undefined);
  const channelCode = reader.read('channelCode', parseHeaderText);
  const language = reader.read('language', parseLanguage);
  const retryOn = reader.read('retryOn', parseRetryOn);
  const maxExecuteCount = reader.number('maxExecuteCount', { min: 1, max: 1000, whole: true });
  const rest = {
    onlyIfFailed: reader.flag('onlyIfFailed'),
    dryRun: reader.flag('dryRun'),
    logLines: reader.number('logLines', { min: 0, max: 1000, whole: true }) ?? 50,
  };
  reader.throwIfInvalid();
  if (!address) throw new Error('an address without a problem has a value');
  const access = { api: address.api, credentials, headers: headers.values, channelCode, language };
  const warnings = plainHttpWarning(address.url, credentials, headers.credentials);
  return {
    access,
    selector,
    retry,
    warnings,
    ...rest,
    consoleUrl,
    retryOn,
    maxExecuteCount,
    follow,
  };
}
function readSelector(reader, commit) {
  const ids = {
    projectId: reader.read('projectId', parseId),
    pipelineId: reader.read('pipelineId', parseId),
    buildId: reader.read('buildId', parseBuildId),
  };
  const link = reader.read('buildUrl', parseBuildUrl);
  const buildNumber = reader.read('buildNumber', parseBuildNumber);
  for (const name of ['projectId', 'pipelineId', 'buildId']) {
    if (link && ids[name] !== undefined && ids[name] !== link[name]) {
      reader.problem(name, `${ids[name]} is not the ${name} of buildUrl, which is ${link[name]}`);
    }
  }
  const selectors = ['buildUrl', 'buildId', 'buildNumber'].filter((name) => reader.raw(name));
  if (reader.raw('buildNumber') && selectors.length > 1) {
    reader.problem('buildNumber', `given together with ${listed(selectors.slice(0, -1))}; give only one of them`);
  }
  if (reader.raw('ref') && selectors.length > 0) {
    reader.problem('ref', `given together with ${listed(selectors)}; give only one of them`);
  }
  const checkApp = reader.read('checkApp', parseAppSlug);
  reportMissing(reader, commit);
  return { ids, link, buildNumber, checkApp, githubToken: reader.raw('githubToken') };
}
function reportMissing(reader, { canSearch, hasCommit }) {
  const has = (name) => reader.isGiven(name);
  if (has('buildUrl')) return;
  const isSearch = !has('buildId') && !has('buildNumber');
  if (isSearch && canSearch) return;
  for (const name of ['projectId', 'pipelineId']) {
    if (!has(name)) reader.missing(name, 'Give it, or buildUrl');
  }
  const hint = hasCommit ? `, such as “ref: \${{ github.sha }}”` : '';
  if (isSearch) reader.missing('buildId', `Give buildId (b-…), buildNumber, buildUrl, or ref${hint}`);
}
function readRetry(reader) {
  const taskId = reader.read('taskId', parseTaskId);
  const failedContainer = reader.flag('failedContainer');
  const skip = reader.flag('skip');
  if (skip && !reader.raw('taskId')) reader.problem('skip', 'true needs taskId, which says what to skip');
  if (skip && failedContainer)
    reader.problem('skip', 'true together with failedContainer: true; give only one of them');
  return { failedContainer, skip, taskId };
}
function readFollow(reader, { skip }) {
  const wait = reader.flag('wait');
  const minutes = reader.number('timeoutMinutes', { min: 0.1, max: 7200, whole: false }) ?? 60;
  const seconds = reader.number('pollSeconds', { min: 1, max: 300, whole: false }) ?? 10;
  const maxAttempts = reader.number('maxAttempts', { min: 1, max: 10, whole: true }) ?? 1;
  const delay = reader.number('retryDelaySeconds', { min: 0, max: 3600, whole: false }) ?? 0;
  const stopOnAbort = reader.flag('stopOnAbort');
  if (maxAttempts > 1 && skip)
    reader.problem('maxAttempts', `${maxAttempts} together with skip: true; a skip is not repeated`);
  if (maxAttempts > 1 && !wait) reader.problem('maxAttempts', `${maxAttempts} needs wait: true`);
  if (stopOnAbort && !wait) reader.problem('stopOnAbort', 'true needs wait: true');
  if (!wait) return undefined;
  return {
    timeoutMs: minutes * 60_000,
    pollMs: seconds * 1000,
    maxAttempts,
    retryDelayMs: delay * 1000,
    stopOnAbort,
  };
}
function plainHttpWarning(url, credentials, credentialHeaders) {
  const hasSecret = credentials.accessToken || credentials.appSecret || credentialHeaders;
  const isLoopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === 'https:' || isLoopback || !hasSecret) return [];
  return [`apiUrl is ${url.origin}: credentials travel unencrypted. Use https.`];
}

;// CONCATENATED MODULE: ./build/plan/describe.js




const WHOLE = 'the whole build, from its first stage';
const UNCHECKED = 'a part that could not be checked';
function planText({ skip = false, failedContainer = false, taskId }, part) {
  const verb = skip ? 'Skip' : 'Retry';
  if (!part) {
    if (taskId === undefined) return { verb, description: WHOLE, target: WHOLE, parameters: {} };
    const description = `${oneLine(taskId)}, which could not be checked`;
    return { verb, description, target: UNCHECKED, parameters: { taskId, failedContainer, skip } };
  }
  const onlyFailed = failedContainer && takesFailedContainer(part);
  const options = { skip, onlyFailed, isDetected: taskId === undefined, brokeJob: isOfJob(part, taskId) };
  return {
    verb,
    description: describePart(part, options),
    target: describeTarget(part, options),
    parameters: { taskId: idOf(part), failedContainer: onlyFailed, skip },
  };
}
function takesFailedContainer(part) {
  return part.kind === 'stage' || (part.kind === 'job' && part.job.children.length > 0);
}
function isOfJob(part, taskId) {
  return part.kind === 'plug-in' && part.job.id === taskId && part.plugin.stepId !== taskId;
}
function describePart(part, options) {
  const after = options.skip ? 'and go on' : 'and what follows';
  const id = describe_name(idOf(part));
  switch (part.kind) {
    case 'stage':
      return `${describeTarget(part, options)} (${id}${options.isDetected ? ', the one that failed' : ''}) ${after}`;
    case 'job': {
      return `${jobOf(part, options)} (${id}) of stage ${describe_name(part.stage.name)}${options.onlyFailed ? '' : extentOf(part)}`;
    }
    case 'plug-in': {
      const why = options.brokeJob ? `, since it is what failed in job ${describe_name(part.job.id)}` : '';
      return `plug-in ${describe_name(part.plugin.name)} (${id}) in ${placeOf(part)} ${after}${why}`;
    }
  }
}
function extentOf({ job }) {
  const isWhole = job.children.length > 0 || pluginsThatBroke(job).length > 0 || isWithoutMachine(job);
  const hasRun = job.plugins.some(({ status }) => meaningOfPart(status) === 'succeeded');
  return isWhole || !hasRun
    ? ', from its first plug-in'
    : '; of its plug-ins only the first reruns, and those that did not run or were cancelled';
}
function describeTarget(part, options) {
  switch (part.kind) {
    case 'stage': {
      const scope = options.skip ? 'the failed plug-ins of ' : options.onlyFailed ? 'the failed jobs of ' : '';
      return `${scope}stage ${describe_name(part.stage.name)}`;
    }
    case 'job':
      return `${jobOf(part, options)} of stage ${describe_name(part.stage.name)}`;
    case 'plug-in':
      return `plug-in ${describe_name(part.plugin.name)} in ${placeOf(part)}`;
  }
}
function jobOf({ job }, { onlyFailed }) {
  return `${onlyFailed ? 'the failed jobs of matrix' : 'job'} ${describe_name(job.name)}`;
}
function placeOf({ stage, job }) {
  return `${describe_name(stage.name)} › ${describe_name(job.name)}`;
}
function describe_name(text) {
  return oneLine(text, 80);
}

;// CONCATENATED MODULE: ./build/plan/target.js





function resolveTarget(retry, detail, { build, isGreen }) {
  if (retry.taskId === undefined)
    return retry.failedContainer && detail ? failedStage(detail, { build, isGreen }) : undefined;
  if (!detail) return undefined;
  const [part, ...others] = findParts(detail, retry.taskId);
  if (!part) throw namedTask(retry.taskId, detail, build) ?? unknownTask(retry.taskId, detail, build);
  if (others.length > 0) {
    throw new ActionError('ambiguous', {
      problem: `taskId ${quote(retry.taskId)} names ${others.length + 1} plug-ins of build ${build}`,
      consequence: NOTHING_SENT,
      remedy: `Give the id of one${suggestions([part, ...others])}.`,
    });
  }
  if (retry.skip && part.kind === 'job') {
    const failedPlugins = failuresOf(detail).flatMap(({ part: failed }) => (failed.kind === 'plug-in' ? [failed] : []));
    throw new ActionError('task-unknown', {
      problem: `taskId ${quote(retry.taskId)} is the job ${oneLine(pathOf(part))}, and BK-CI would rerun it instead of skipping it`,
      consequence: NOTHING_SENT,
      remedy: `Give a plug-in or a stage to skip${suggestions(failedPlugins)}.`,
    });
  }
  return part;
}
function failedStage(detail, { build, isGreen }) {
  const stages = stagesToRetry(detail);
  const [stage] = stages;
  if (stage && stages.length === 1) return { kind: 'stage', stage };
  if (!stage) {
    const why = isGreen ? 'has succeeded' : 'has no stage that failed';
    const remedy = isGreen
      ? 'Set onlyIfFailed: true to leave green builds alone'
      : 'Leave failedContainer out to retry the whole build';
    throw new ActionError('task-unknown', {
      problem: `Build ${build} ${why}, so failedContainer has nothing to retry`,
      consequence: NOTHING_SENT,
      remedy: `${remedy}.`,
    });
  }
  throw new ActionError('ambiguous', {
    problem: `Build ${build} has ${stages.length} stages that failed, and failedContainer retries one`,
    consequence: NOTHING_SENT,
    remedy: `Give one as taskId: ${listed(stages.map(stageAndId), 'or')}.`,
  });
}
function stageAndId({ name, id }) {
  return `${oneLine(id, 40)} (${oneLine(name, 80)})`;
}
function namedTask(taskId, detail, build) {
  const parts = partsNamed(detail, taskId);
  const [part] = parts;
  if (!part) return undefined;
  const isOne = parts.length === 1;
  const what = isOne ? `the ${part.kind} ${oneLine(pathOf(part))}` : `${parts.length} parts`;
  return new ActionError('task-unknown', {
    problem: `taskId ${quote(taskId)} is the name of ${what} of build ${build}, not an id`,
    consequence: NOTHING_SENT,
    remedy: isOne ? `Give its id, ${oneLine(idOf(part), 60)}.` : `Give the id of one${suggestions(parts)}.`,
  });
}
function unknownTask(taskId, detail, build) {
  const job = jobByHash(detail, taskId);
  const hint = job
    ? `It is the hash of job ${oneLine(job.name, 80)}; the API wants the job's number, ${quote(job.id)}. `
    : '';
  return new ActionError('task-unknown', {
    problem: `taskId ${quote(taskId)} is not in build ${build}`,
    consequence: `${NOTHING_SENT}, since BK-CI would rerun the whole build`,
    remedy: `${hint}What failed here${suggestions(stoppedParts(detail)) || ': nothing'}.`,
  });
}
function suggestions(parts) {
  const shown = parts.slice(0, 10).map((part) => `${oneLine(idOf(part), 60)} (${oneLine(pathOf(part), 120)})`);
  const more = parts.length > shown.length ? [`${parts.length - shown.length} more`] : [];
  return shown.length === 0 ? '' : `: ${[...shown, ...more].join(', ')}`;
}

;// CONCATENATED MODULE: ./build/plan/rerun.js






function partToRerun(asked, detail, { build, skip }) {
  if (asked.kind === 'stage' && isKnownNotToHaveFailed(asked.stage)) throw stageNotFailed(asked.stage, detail, build);
  const part = asked.kind === 'job' ? jobOrItsPlugin(asked, build) : asked;
  const others = rerun_otherFailures(part, detail);
  if (part.kind !== 'plug-in' || others.length === 0 || brokeTheBuild(part, detail)) return part;
  const state = oneLine(part.plugin.status ?? 'not run', 40);
  throw new ActionError('task-unknown', {
    problem: `${oneLine(pathOf(part))} (${state}) is not what failed in stage ${oneLine(part.stage.name, 80)} of build ${build}, and ${skip ? 'skipping' : 'retrying'} it leaves the failure as it is`,
    consequence: NOTHING_SENT,
    remedy: `Give what failed${suggestions(others)}.`,
  });
}
function remainingFailureWarning(part, detail, skip) {
  const others = part && detail ? rerun_otherFailures(part, detail) : [];
  if (!part || others.length === 0) return [];
  const names = others.slice(0, 3).map((other) => oneLine(pathOf(other)));
  const more = others.length > names.length ? ` and ${others.length - names.length} more` : '';
  const [state, whole] = skip ? ['skipped', 'skip all failed plug-ins'] : ['rerun', 'rerun all failed jobs'];
  return [
    `${names.join(', ')}${more} failed as well and is not ${state}, so the build fails again. To ${whole} of the stage, set ${wholeStage(part, skip)}.`,
  ];
}
function matrixWarning(part, skip) {
  if (!part || !isInMatrix(part)) return [];
  return [
    `${oneLine(pathOf(part))} is part of a matrix: BK-CI before v4.2 does not know its id, and reruns the whole build. On an older one, set ${wholeStage(part, skip)}.`,
  ];
}
function wholeStage({ stage }, skip) {
  return `taskId: ${oneLine(stage.id, 40)}${skip ? '' : ' and failedContainer: true'}`;
}
function isKnownNotToHaveFailed({ status }) {
  return status !== undefined && !['failed', 'cancelled', 'unknown'].includes(meaningOfPart(status));
}
function stageNotFailed({ id, name, status }, detail, build) {
  const failed = suggestions(stoppedParts(detail));
  return new ActionError('task-unknown', {
    problem: `Stage ${oneLine(name, 80)} (${oneLine(id, 40)}) of build ${build} has not failed (${oneLine(status || 'not run', 40)}), and BK-CI retries only failed stages`,
    consequence: NOTHING_SENT,
    remedy: failed === '' ? 'Leave taskId out to retry the whole build.' : `What can be retried${failed}.`,
  });
}
function jobOrItsPlugin(part, build) {
  const { stage, job } = part;
  const isWhole = stage.isFinally || job.children.length > 0 || isWithoutMachine(job);
  const [plugin, ...others] = isWhole ? [] : pluginsThatBroke(job);
  if (!plugin) return part;
  if (others.length > 0) {
    const plugins = [plugin, ...others].map((each) => ({ kind: 'plug-in', stage, job, plugin: each }));
    throw new ActionError('ambiguous', {
      problem: `${plugins.length} plug-ins failed in job ${quote(oneLine(pathOf(part)))} of build ${build}, and a retry of the job reruns its first plug-in only`,
      consequence: NOTHING_SENT,
      remedy: `Give one as taskId${suggestions(plugins)}; or ${oneLine(stage.id, 40)} with failedContainer: true, which reruns the failed jobs of the stage.`,
    });
  }
  const isFirst = job.plugins[0] === plugin;
  return isFirst || plugin.id === '' ? part : { kind: 'plug-in', stage, job, plugin };
}
function brokeTheBuild(part, detail) {
  return breakersOf(part, detail).some((breaker) => isRerunWith(part, breaker));
}
function isRerunWith(part, failed) {
  const isPostAction =
    part.kind === 'plug-in' && failed.kind === 'plug-in' && failed.plugin.postActionOf === part.plugin.id;
  return isPostAction || includes(part, failed);
}
function rerun_otherFailures(part, detail) {
  if (part.stage.isFinally) return [];
  return breakersOf(part, detail).filter((breaker) => !isRerunWith(part, breaker) && !includes(breaker, part));
}
function breakersOf({ stage }, detail) {
  return failuresOf(detail).flatMap(({ part, isTolerated }) =>
    part.stage.id === stage.id && !isTolerated ? [part] : [],
  );
}

;// CONCATENATED MODULE: ./build/plan/retry-on.js







function failuresToJudge(status, detail, part) {
  if (!isFinished(status)) return part && hasFailed(part) ? [failedTaskOf({ part, isTolerated: false })] : [];
  if (meaningOfBuild(status) !== 'failed') return [];
  return failedTasksOf(detail, status, status.status === 'FAILED');
}
function checkRetryOn(retryOn, failures, { status, build }) {
  if (!retryOn) return;
  const causes = failures.filter(({ tolerated }) => !tolerated);
  const unmatched = causes.find((task) => !wasFastKilled(task) && !matches(retryOn, task));
  if (!unmatched && causes.some((task) => matches(retryOn, task))) return;
  const what = isFinished(status) ? 'Build' : 'A plug-in of build';
  throw new ActionError('not-retryable', {
    problem: unmatched
      ? `${what} ${build} failed for a reason that retryOn does not name: ${describe(unmatched)}`
      : `Build ${build} has no failure that retryOn could match (${stateOf(status)})`,
    consequence: NOTHING_SENT,
    remedy: unmatched
      ? 'Look into the failure; to retry such ones as well, add their type or number to retryOn.'
      : remedyWithoutFailure(status),
  });
}
function remedyWithoutFailure(status) {
  const meaning = meaningOfBuild(status);
  if (meaning === 'succeeded') return 'Set onlyIfFailed: true to leave green builds alone.';
  const retry = 'Leave retryOn out to retry it all the same';
  return meaning === 'cancelled' ? `${retry}, or set onlyIfFailed: true to leave it alone.` : `${retry}.`;
}
function matches({ types, codes }, { errorType, errorCode }) {
  return types.some((type) => type === errorType.toUpperCase()) || (errorCode !== null && codes.includes(errorCode));
}
function describe(task) {
  const kind = [oneLine(task.errorType, 40), task.errorCode ?? ''].filter((part) => part !== '').join(' ');
  const what = `${taskSentence(task)} (${kind === '' ? 'without a type or number' : kind})`;
  return [what, taskReason(task, 300)].filter(Boolean).join(': ');
}

;// CONCATENATED MODULE: ./build/plan/decide.js











function decide(request, status, detail, buildId) {
  const build = buildName(status.buildNumber, buildId);
  const meaning = meaningOfBuild(status);
  const finished = isFinished(status);
  const left = leftAlone(request, status);
  if (left) return left;
  checkExecutionCount(request, status.executeCount ?? detail?.executeCount, {
    build,
    isGreen: meaning === 'succeeded',
  });
  if (finished) checkRetryOn(request.retryOn, failuresToJudge(status, detail, undefined), { status, build });
  const part = resolveTarget(request.retry, detail, { build, isGreen: meaning === 'succeeded' });
  if (request.isFurtherAttempt && part && !canBeRetried(part)) {
    throw new ActionError('task-unknown', {
      problem: `${oneLine(pathOf(part))} does not fail any more, so there is nothing left to retry with taskId ${quote(idOf(part))}`,
    });
  }
  if (!finished) return planInsideRunning(request, status, { part, build });
  const { skip = false } = request.retry;
  const rerun = part && detail ? partToRerun(part, detail, { build, skip }) : part;
  const warnings = [
    ...greenWarning(status, rerun, build),
    ...failedContainerWarning(request.retry, rerun),
    ...matrixWarning(rerun, skip),
    ...remainingFailureWarning(rerun, detail, skip),
  ];
  return { kind: 'plan', ...planText(request.retry, rerun), warnings, baseline: status };
}
function leftAlone({ onlyIfFailed }, status) {
  if (!onlyIfFailed) return undefined;
  const meaning = meaningOfBuild(status);
  if (meaning === 'succeeded') return { kind: 'not-needed', why: 'the build has succeeded' };
  if (meaning === 'cancelled') return { kind: 'not-needed', why: 'the build was cancelled' };
  return isFinished(status) ? undefined : { kind: 'follow', why: `the build ${describeActivity(status)}` };
}
function needsDetail(request, status) {
  if (leftAlone(request, status)) return false;
  const { retry, retryOn, maxExecuteCount } = request;
  const countIsMissing = maxExecuteCount !== undefined && status.executeCount === undefined;
  return retryOn !== undefined || retry.taskId !== undefined || retry.failedContainer === true || countIsMissing;
}
function checkExecutionCount({ maxExecuteCount }, executeCount, { build, isGreen }) {
  if (maxExecuteCount === undefined || (executeCount !== undefined && executeCount < maxExecuteCount)) return;
  const times =
    executeCount === undefined ? 'an unknown number of times' : executeCount === 1 ? 'once' : `${executeCount} times`;
  throw new ActionError('too-many-executions', {
    problem: `Build ${build} has been executed ${times} already and maxExecuteCount is ${maxExecuteCount}`,
    consequence: NOTHING_SENT,
    remedy: `${isGreen ? 'Set onlyIfFailed: true to leave green builds alone' : 'Look into why it keeps failing'}, or raise maxExecuteCount.`,
  });
}
function planInsideRunning({ retry, retryOn }, status, { part, build }) {
  if (part?.kind === 'plug-in') {
    if (!canBeRetried(part)) {
      throw new ActionError('already-running', {
        problem: `Build ${build} is running and its plug-in ${oneLine(pathOf(part))} has not failed (${oneLine(part.plugin.status ?? 'not run', 40)})`,
        consequence: NOTHING_SENT,
        remedy: `While a build runs, only a failed or cancelled plug-in can be retried.`,
      });
    }
    checkRetryOn(retryOn, failuresToJudge(status, undefined, part), { status, build });
    return {
      kind: 'plan',
      ...planText(retry, part),
      warnings: [],
      baseline: status,
      plugin: part.plugin,
    };
  }
  const remedy = meaningOfBuild(status) === 'waits for a person' ? 'Decide in BK-CI first' : 'Wait for its end';
  throw new ActionError('already-running', {
    problem: `Build ${build} ${describeActivity(status)} (${describeExecution(status)})`,
    consequence: NOTHING_SENT,
    remedy: `${remedy}, or set onlyIfFailed: true to leave it alone.`,
  });
}
function describeActivity(status) {
  if (meaningOfBuild(status) === 'waits for a person') return 'waits for a person to decide';
  return isQueued(status) ? 'is queued' : 'is running';
}
function describeExecution(status) {
  const start = startOf(status);
  const since = status.serverTime && start ? ` ${duration(status.serverTime - start)} ago` : '';
  const by = status.startedBy === undefined ? '' : `started by ${oneLine(status.startedBy, 80)}${since}`;
  const execution = status.executeCount === undefined ? '' : `execution ${status.executeCount}`;
  return [execution, by].filter(Boolean).join(', ') || describeStatus(status);
}
function greenWarning(status, part, build) {
  if (part && hasFailed(part)) return [];
  return rerunWarning(status, build, part === undefined ? 'as a whole' : `from ${oneLine(pathOf(part))} on`);
}
function rerunWarning(status, build, extent) {
  if (meaningOfBuild(status) !== 'succeeded') return [];
  return [
    `Build ${build} has succeeded and is run again ${extent}. Set onlyIfFailed: true to leave green builds alone.`,
  ];
}
function failedContainerWarning({ failedContainer }, part) {
  if (!failedContainer || !part || takesFailedContainer(part)) return [];
  return [`failedContainer has no effect on a ${part.kind}; ${oneLine(pathOf(part))} is retried as it is.`];
}

;// CONCATENATED MODULE: ./build/plan/preflight.js










async function preflight(step, options) {
  const { build, inputs, reader, state } = options;
  const request = retryRequest(inputs);
  const signal = step.cancelled;
  const statusRead = await readUnless(isRefusal, () => reader.buildStatus(build, { signal }));
  if ('failure' in statusRead) {
    const { failure } = statusRead;
    throwIfNeeded(inputs, failure, inputsNeedingStatus(inputs));
    step.runner.info(logLine('Look', `refused (${shortReason(failure)}), so its status is not known`));
    return planWithoutStatus(request, failure);
  }
  const status = statusRead.value;
  state.recordStatus(status);
  logStatus(step, options, status);
  const isNeeded = needsDetail(request, status);
  if (!isNeeded) {
    const decision = decide(request, status, undefined, build.buildId);
    if (!inputs.dryRun || decision.kind !== 'plan') return decision;
  }
  const isTolerable = isNeeded ? isUnavailable : isUnread;
  const detailRead = await readUnless(isTolerable, () => reader.buildDetail(build, { signal }));
  if ('failure' in detailRead) {
    const { failure } = detailRead;
    if (isNeeded) throwIfNeeded(inputs, failure, inputsNeedingDetail(inputs, status));
    step.runner.info(
      logLine('Look', `at the plug-ins ${whatCameOf(failure)} (${shortReason(failure)}), so they are not known`),
    );
    return planWithoutDetail(options, status, failure);
  }
  const detail = detailRead.value;
  state.recordNames(detail);
  const [part] = findParts(detail, request.retry.taskId ?? '');
  if (request.retryOn) state.update({ failedTasks: failuresToJudge(status, detail, part) });
  return decide(request, status, detail, build.buildId);
}
function retryRequest({ retry, onlyIfFailed, retryOn, maxExecuteCount }) {
  return { retry, onlyIfFailed, retryOn, maxExecuteCount };
}
function logStatus({ runner }, { build, inputs }, status) {
  const project = oneLine(build.projectId, 80);
  runner.info(
    logLine(
      'Build',
      `${buildName(status.buildNumber, build.buildId)} in project ${project}: ${describeStatus(status)}`,
    ),
  );
  if (inputs.consoleUrl !== undefined) runner.info(continuation(buildLink(inputs.consoleUrl, build)));
}
async function readUnless(isTolerable, read) {
  try {
    return { value: await read() };
  } catch (error) {
    if (error instanceof ActionError && isTolerable(error)) return { failure: error };
    throw error;
  }
}
function throwIfNeeded({ retry }, failure, needing) {
  const { taskId, skip } = retry;
  const isUnanswered = failure.code === 'not-delivered' && failure.response === undefined;
  const because = (need) =>
    isUnanswered ? failure : failure.with({ problem: `${need} ${whatCameOf(failure)}: ${failure.text.problem}` });
  if (needing.length > 0) {
    throw because(`${listed(needing)} ${needing.length === 1 ? 'needs' : 'need'} a look at the build, which`);
  }
  if (taskId === undefined || isCertainId(taskId) || (isJobNumber(taskId) && !skip)) return;
  const forms = skip ? 'a plug-in (e-…) or a stage (stage-N)' : 'a plug-in (e-…), a stage (stage-N) or a job number';
  throw because(`Without a look at the build, taskId must be ${forms}, and the look`);
}
function inputsNeedingStatus({ retry, onlyIfFailed, retryOn, maxExecuteCount, follow, dryRun }) {
  return inUse([
    ['wait', follow !== undefined],
    ['onlyIfFailed', onlyIfFailed],
    ['retryOn', retryOn !== undefined],
    ['maxExecuteCount', maxExecuteCount !== undefined],
    ['failedContainer without taskId', isWithoutStage(retry)],
    ['dryRun', dryRun],
  ]);
}
function inputsNeedingDetail({ retry, retryOn, maxExecuteCount }, { executeCount }) {
  return inUse([
    ['retryOn', retryOn !== undefined],
    ['maxExecuteCount', maxExecuteCount !== undefined && executeCount === undefined],
    ['failedContainer without taskId', isWithoutStage(retry)],
  ]);
}
function inUse(uses) {
  return uses.flatMap(([name, isUsed]) => (isUsed ? [name] : []));
}
function isWithoutStage({ failedContainer, taskId }) {
  return failedContainer === true && taskId === undefined;
}
function isRefusal({ code }) {
  return code === 'forbidden';
}
function isUnavailable(error) {
  const { code, response } = error;
  if (code === 'refused') return response?.status !== undefined;
  if (code === 'not-delivered') return response?.retryAfterMs === undefined && (response?.http ?? 500) >= 500;
  return isRefusal(error) || error.cause?.code === 'BODY_TOO_LARGE';
}
function isUnread({ code, response }) {
  return code !== 'unauthorized' && code !== 'not-found' && !(code === 'unexpected-answer' && response?.status === 0);
}
function isCertainId(taskId) {
  return /^(?:e-\S+|stage-\d+)$/.test(taskId);
}
function isJobNumber(taskId) {
  return /^\d+$/.test(taskId);
}
function planWithoutStatus({ retry }, refusal) {
  return {
    kind: 'plan',
    ...planText(retry, undefined),
    warnings: [],
    warningAfter: `The status of the build could not be read before the retry (${shortReason(refusal)}), so a lost answer could not have been verified.${uncheckedTaskWarning(retry)} ${VIEW_REMEDY}`,
  };
}
function planWithoutDetail({ build, inputs }, status, failure) {
  const request = retryRequest(inputs);
  const { retry } = request;
  const decision = decide({ ...request, retry: {} }, status, undefined, build.buildId);
  if (decision.kind !== 'plan') return decision;
  const name = buildName(status.buildNumber, build.buildId);
  const extent = retry.taskId === undefined ? 'as a whole' : `from ${oneLine(retry.taskId, 80)} on`;
  const pipeline = inputs.dryRun ? ` It was not checked that the build is one of pipeline ${build.pipelineId}.` : '';
  const remedy = isRefusal(failure) ? VIEW_REMEDY : 'See the build in BK-CI.';
  return {
    ...decision,
    ...planText(retry, undefined),
    warnings: rerunWarning(status, name, extent),
    warningAfter: `The plug-ins of build ${name} could not be read (${shortReason(failure)}).${uncheckedTaskWarning(retry)}${pipeline} ${remedy}`,
  };
}
const VIEW_REMEDY = 'Give the user the permission VIEW on the pipeline.';
function uncheckedTaskWarning({ taskId }) {
  if (taskId === undefined) return '';
  return ` taskId ${quote(taskId, 80)} could not be checked, and BK-CI reruns the whole build for an unknown one.${isJobNumber(taskId) ? ' Of a job it reruns the first plug-in; one that failed after it stays failed.' : ''}`;
}
function whatCameOf({ code }) {
  return code === 'forbidden' || code === 'refused' ? 'was refused' : 'failed';
}
function shortReason({ code, response, cause }) {
  if (response) return response.http < 300 ? `status ${response.status ?? 'unknown'}` : `HTTP ${response.http}`;
  return cause instanceof Error ? cause.message : code === 'not-delivered' ? 'no answer' : code;
}

;// CONCATENATED MODULE: ./build/retry/backoff.js
const MAX_SENDS = 5;
const RESEND_BUDGET_MS = 120_000;
const PAUSES_MS = [2_000, 5_000, 12_000, 30_000];
const SHORTEST_PAUSE_MS = 1_000;
const JITTER = 0.2;
function nextDelay({ sent, allowed, retryAfterMs, leftMs, random }) {
  if (sent >= Math.min(allowed, MAX_SENDS)) return { resend: false, reason: 'sends' };
  if (retryAfterMs !== undefined) {
    const pauseMs = Math.max(SHORTEST_PAUSE_MS, retryAfterMs);
    return pauseMs < leftMs ? { resend: true, pauseMs } : { resend: false, reason: 'retry-after' };
  }
  const base = PAUSES_MS[Math.min(sent, PAUSES_MS.length) - 1] ?? 0;
  const pauseMs = Math.round(base * (1 + JITTER * (2 * random - 1)));
  return pauseMs < leftMs ? { resend: true, pauseMs } : { resend: false, reason: 'time' };
}

;// CONCATENATED MODULE: ./build/retry/resend-budget.js






class ResendBudget {
  #step;
  #start;
  #latest;
  constructor(step, latest = Number.POSITIVE_INFINITY) {
    this.#step = step;
    this.#start = step.clock.now();
    this.#latest = latest;
  }
  async pause(outcome, description) {
    const { clock, runner, cancelled } = this.#step;
    const elapsed = clock.now() - this.#start;
    const retryAfterMs = outcome.response?.retryAfterMs;
    const next = nextDelay({
      sent: description.sent,
      allowed: outcome.sends,
      leftMs: Math.min(RESEND_BUDGET_MS, this.#latest - this.#start) - elapsed,
      random: clock.random(),
      retryAfterMs,
    });
    if (!next.resend)
      throw notDeliveredError(outcome, description, {
        elapsed,
        fallback: this.#fallbackFor(outcome),
        requestedMs: next.reason === 'retry-after' ? retryAfterMs : undefined,
        limit:
          this.#latest - this.#start < RESEND_BUDGET_MS
            ? 'timeoutMinutes ends before that'
            : `this step sends a request again for ${duration(RESEND_BUDGET_MS)} at most`,
      });
    runner.info(
      logLine(
        'Resend',
        `in ${duration(Math.max(1000, Math.round(next.pauseMs / 1000) * 1000))}, ${whatHappened(outcome)}: ${resend_budget_reasonOf(outcome)}`,
      ),
    );
    await clock.sleep(next.pauseMs, cancelled);
  }
  #fallbackFor({ kind, response }) {
    const isHosted = this.#step.runner.environment('RUNNER_ENVIRONMENT') === 'github-hosted';
    return isHosted && kind === 'not-delivered' && response === undefined ? HOSTED : CHECK_ADDRESS;
  }
  async read(read) {
    for (let sent = 1; ; sent += 1) {
      try {
        return await read();
      } catch (error) {
        if (!(error instanceof TransientError)) throw error;
        await this.pause(error.outcome, { ...error.description, sent });
      }
    }
  }
}
function resending(client, budget) {
  return {
    buildStatus: (...request) => budget.read(() => client.buildStatus(...request)),
    buildDetail: (...request) => budget.read(() => client.buildDetail(...request)),
    buildHistory: (...request) => budget.read(() => client.buildHistory(...request)),
  };
}
function whatHappened({ kind }) {
  return kind === 'not-delivered' ? 'the request was not delivered' : 'the read was not answered';
}
function resend_budget_reasonOf({ reason, note, response }) {
  const words = response?.message ? ` ${quote(response.message, 160)}` : '';
  return `${reason}${words}${note === undefined ? '' : ` (${note})`}`;
}
const CHECK_ADDRESS =
  'Check that this runner reaches the address of apiUrl, and that proxy and NO_PROXY are right; then run this step again.';
const HOSTED =
  "This runner is one of GitHub's own, which does not reach the internal addresses of a company: use runs-on: self-hosted.";
function notDeliveredError(
  outcome,
  { request, consequence, sent, subject, remedy },
  { fallback, elapsed, requestedMs, limit },
) {
  const tries = sent === 1 ? '' : ` (${sent} tries in ${duration(elapsed)})`;
  const advice = remedyAfter(outcome, requestedMs, limit) ?? remedy ?? outcome.remedy ?? fallback;
  return new ActionError(
    'not-delivered',
    {
      problem: resend_budget_problemOf(outcome, `${resend_budget_reasonOf(outcome)}${tries}`, subject),
      consequence,
      remedy: `${advice} ${request}`,
    },
    { request, response: outcome.response },
  );
}
function resend_budget_problemOf({ kind, response }, cause, subject) {
  if (subject !== undefined) return `${subject} failed: ${cause}`;
  if (response === undefined || response.proxy !== undefined) return `BK-CI could not be reached: ${cause}`;
  return kind === 'not-delivered' ? `BK-CI turned the request away: ${cause}` : `BK-CI could not answer: ${cause}`;
}
function remedyAfter({ response }, requestedMs, limit) {
  if (requestedMs !== undefined) {
    return `The server asked for a wait of ${duration(requestedMs)}, but ${limit}. Run it again later.`;
  }
  return response && response.proxy === undefined
    ? 'The server answers, but does not accept the request now. Run this step again later.'
    : undefined;
}

;// CONCATENATED MODULE: ./build/follow/pause.js

const ENDING_PAUSE_MS = 1_000;
const pause_SHORTEST_PAUSE_MS = 2_000;
const SHARE_BEFORE = 1 / 4;
const SHARE_AFTER = 1 / 12;
function nextPause(input) {
  const { waited, expected = 0, isEnding = false, longest, requested = 0, remaining } = input;
  const share = waited < expected ? (expected - waited) * SHARE_BEFORE : (waited - expected) * SHARE_AFTER;
  const own = Math.min(longest, isEnding ? ENDING_PAUSE_MS : Math.max(pause_SHORTEST_PAUSE_MS, share));
  return Math.max(0, Math.min(Math.max(own, requested), remaining));
}
function lengthOf({ executeCount, startTime = 0, endTime = 0, stages }) {
  if (executeCount === 1 && startTime > 0 && endTime > startTime) return endTime - startTime;
  const durations = stages.flatMap(({ status, durationMs }) =>
    meaningOfPart(status) === 'not run' ? [] : [durationMs],
  );
  const sum = durations.reduce((total, duration = Number.NaN) => total + duration, 0);
  return sum > 0 ? sum : undefined;
}

;// CONCATENATED MODULE: ./build/follow/progress.js





function changesSince(before, now) {
  if (isQueued(now)) return queueChange(before, now);
  const stagesBefore = new Map(before && !isQueued(before) ? before.stages.map((stage) => [stage.stageId, stage]) : []);
  const refused = refusedGate(now);
  return stagesWithoutTrigger(now).flatMap((stage) => {
    if (stage === refused) return [{ state: 'refused', text: oneLine(stage.name, 80) }];
    return stageChanges(stagesBefore.get(stage.stageId), stage, now);
  });
}
function runningNow(build) {
  const names = build.stages
    .filter(({ status }) => meaningOfPart(status) === 'running')
    .map(({ name }) => oneLine(name, 80));
  return names.join(', ') || oneLine(build.status, 40);
}
function queueChange(before, now) {
  const place = ({ queuePosition }) => (queuePosition ? `${queuePosition} in the queue` : '');
  if (before && isQueued(before) && ['', place(before)].includes(place(now))) return [];
  return [{ state: 'queued', text: place(now) }];
}
function stageChanges(before, now, build) {
  const meaningBefore = before ? meaningOfPart(before.status) : 'not run';
  const meaning = meaningOfPart(now.status);
  const name = oneLine(now.name, 80);
  if (meaningBefore === meaning || meaning === 'not run' || meaning === 'unknown') return [];
  const ended = meaning === 'succeeded' || meaning === 'failed' || meaning === 'cancelled';
  if (!before && ended && !startedIn(build, now)) return [];
  const approved =
    meaningBefore === 'waits for a person' && meaning === 'running' ? [{ state: 'approved', text: name }] : [];
  if (meaning === 'waits for a person') return [{ state: 'waiting', text: name }];
  const time = ended && now.durationMs !== undefined ? `, ${duration(now.durationMs)}` : '';
  return [...approved, { state: meaning, text: `${name}${time}` }];
}
function startedIn({ queueTime }, { startEpoch }) {
  return queueTime !== undefined && startEpoch !== undefined && startEpoch >= queueTime;
}

;// CONCATENATED MODULE: ./build/follow/watch.js







function endOf({ lastStatus: status, hasRun }) {
  if (!status) return undefined;
  const meaning = meaningOfBuild(status);
  if (meaning === 'succeeded') return { result: 'succeeded', status };
  if (meaning === 'cancelled') return { result: 'cancelled', status, hasRun };
  return meaning === 'failed' ? { result: 'failed', status, hasRun, gateRefused: isRefusedGate(status) } : undefined;
}
const STILL_MS = 600_000;
const GATE_SEARCH_MS = 30_000;
const GATE_SEARCH_LONGEST_MS = 300_000;
function initialState(now, executeCount) {
  return {
    executeCount,
    hasRun: false,
    announced: [],
    lastLine: now,
    nextGateSearch: now,
    gateSearchPause: GATE_SEARCH_MS,
  };
}
function watch_isOfExecution({ baseline, answeredOther }, state, status) {
  const { executeCount, lastStatus } = state;
  if (whoseExecution({ baseline, executeCount }, status) === 'before ours') return false;
  const isCounted = executeCount !== undefined && status.executeCount !== undefined;
  return !answeredOther || isCounted || lastStatus !== undefined || !isFinished(status);
}
function onStatus(previous, status, now) {
  const isNew = isNewExecution(previous, status);
  const before = isNew ? undefined : previous.lastStatus;
  const changes = changesSince(before, status);
  const gate = gateOf(status);
  const isNewGate = gate !== undefined && !previous.announced.includes(gate.key);
  const isUnknown = meaningOfBuild(status) === 'unknown';
  const notices = [
    ...(isNew ? [newExecutionNotice(status)] : []),
    ...changes.flatMap(({ state, text }) => (state === 'waiting' ? [] : [{ kind: 'line', state, text }])),
    ...(isUnknown && previous.unknownStatus !== status.status ? [unknownStatusNotice(status)] : []),
    ...(isNewGate ? [{ kind: 'gate', gate, status }] : []),
  ];
  const silence = now - previous.lastLine;
  const isSilent = notices.every(({ kind }) => kind === 'warning');
  const needsStillLine = isSilent && silence >= STILL_MS;
  if (needsStillLine)
    notices.push({ kind: 'line', state: 'still', text: `${runningNow(status)}, ${duration(silence)}` });
  const search =
    !gate && isSilent && !isFinished(status) && silence >= GATE_SEARCH_MS && now >= previous.nextGateSearch;
  return {
    state: {
      ...previous,
      lastStatus: status,
      hasRun: (previous.hasRun && !isNew) || (!isQueued(status) && !isFinished(status)),
      executeCount: status.executeCount ?? previous.executeCount,
      ...(isUnknown ? { unknownStatus: status.status } : {}),
      announced: isNewGate ? [...previous.announced, gate.key] : previous.announced,
      lastLine: isSilent && !needsStillLine ? previous.lastLine : now,
      ...(search ? delayNextSearch(previous, now) : {}),
    },
    notices,
    isEnding: changes.some(({ state }) => state === 'failed'),
    search,
  };
}
function onGateSearch(previous, gate, now) {
  if (!gate || previous.announced.includes(gate.key)) return { state: previous, notices: [] };
  return {
    state: { ...previous, announced: [...previous.announced, gate.key], lastLine: now },
    notices: [{ kind: 'gate', gate, status: previous.lastStatus }],
  };
}
function debugLine(status) {
  return `Look: ${stateOf(status)}, execution ${status.executeCount ?? 'unknown'}`;
}
function isNewExecution({ executeCount }, status) {
  return whoseExecution({ executeCount }, status) === 'newer';
}
function delayNextSearch({ gateSearchPause }, now) {
  return {
    nextGateSearch: now + gateSearchPause,
    gateSearchPause: Math.min(GATE_SEARCH_LONGEST_MS, gateSearchPause * 2),
  };
}
function newExecutionNotice({ startedBy, executeCount }) {
  const by = startedBy === undefined ? '' : ` by ${oneLine(startedBy, 80)}`;
  return { kind: 'line', state: 'retried', text: `execution ${executeCount} was started${by} and is followed now` };
}
function unknownStatusNotice({ status }) {
  const text = `BK-CI reports a status that this action does not know: ${quote(status, 40)}. The step goes on waiting and never counts it as success.`;
  return { kind: 'warning', text };
}

;// CONCATENATED MODULE: ./build/follow/poll.js










const ANNOUNCED_PAUSE_MS = 60_000;
const OUTAGE_PAUSE_MS = 30_000;
async function pollUntilEnd(step, options) {
  const { runner, clock, cancelled } = step;
  const { deadline, longestPause, expected } = options;
  const start = clock.now();
  const outage = new Outage(step);
  let state = initialState(start, options.executeCount);
  for (;;) {
    let isEnding = false;
    const { status, requestedMs = 0 } = await readStatus(step, options, outage);
    const outageMs = status && outage.onSuccess();
    if (outageMs !== undefined) {
      showNotices(step, options, [{ kind: 'line', state: 'back', text: `after ${duration(outageMs)}` }]);
      state = { ...state, lastLine: clock.now() };
    }
    if (requestedMs > ANNOUNCED_PAUSE_MS) {
      const text = `for ${duration(requestedMs)}, as the server asks`;
      showNotices(step, options, [{ kind: 'line', state: 'paused', text }]);
      state = { ...state, lastLine: clock.now() };
    }
    if (status) runner.debug(debugLine(status));
    if (status && watch_isOfExecution(options, state, status)) {
      options.recordStatus(status);
      const next = onStatus(state, status, clock.now());
      showNotices(step, options, await withReviewers(step, options, next.notices));
      state = next.state;
      isEnding = next.isEnding;
      const end = endOf(state);
      if (end) return end;
      if (next.search) {
        const found = onGateSearch(state, await findGateInJobs(step, options), clock.now());
        showNotices(step, options, found.notices);
        state = found.state;
      }
    }
    const now = clock.now();
    if (now >= deadline) return { result: 'timed-out', status: state.lastStatus };
    const longest = outage.isOngoing ? Math.min(longestPause, OUTAGE_PAUSE_MS) : longestPause;
    const waited = now - start;
    const remaining = deadline - now;
    const pause = nextPause({ waited, expected, isEnding, longest, requested: requestedMs, remaining });
    await clock.sleep(pause, cancelled);
  }
}
async function readStatus({ cancelled }, options, outage) {
  const consequence = 'the build goes on without this step';
  try {
    return { status: await options.client.buildStatus(options.build, { signal: cancelled, consequence }) };
  } catch (error) {
    try {
      return { requestedMs: outage.onFailure(error) };
    } catch (final) {
      throw final instanceof ActionError ? withLink(final, options) : final;
    }
  }
}
function withLink(error, { consoleUrl, build, executeCount }) {
  if (consoleUrl === undefined) return error;
  const link = buildLink(consoleUrl, build, executeCount);
  return error.with({ remedy: error.text.remedy === undefined ? link : `${error.text.remedy} ${link}` });
}
function showNotices({ runner, clock }, { since, build, consoleUrl }, notices) {
  for (const notice of notices) {
    if (notice.kind === 'line') runner.info(timedLine(clock.now() - since, notice.state, notice.text));
    else if (notice.kind === 'warning') runner.annotate('warning', notice.text);
    else {
      const who = notice.gate.who === undefined ? '' : ` (${quote(notice.gate.who, 200)})`;
      const link = consoleUrl === undefined ? '.' : `: ${buildLink(consoleUrl, build)}`;
      const name = buildName(notice.status?.buildNumber, build.buildId);
      runner.annotate(
        'notice',
        `${notice.gate.name} waits for ${notice.gate.waitsFor}${who}${link}`,
        `BK-CI ${name} waits`,
      );
    }
  }
}
async function withReviewers(step, options, notices) {
  const isNameless = (notice) => notice.kind === 'gate' && notice.gate.who === undefined;
  const detail = notices.some(isNameless) ? await readForGate(step, options) : undefined;
  if (!detail) return notices;
  return notices.map((notice) => {
    if (notice.kind !== 'gate' || !isNameless(notice)) return notice;
    const { reviewers = [] } = detail.stages.find(({ id }) => id === notice.gate.key) ?? {};
    const who = oneLine(reviewers.join(', '), 200);
    return who === '' ? notice : { ...notice, gate: { ...notice.gate, who } };
  });
}
async function findGateInJobs(step, options) {
  const detail = await readForGate(step, options);
  const part = detail && waitingPart(detail);
  return part && { key: pathOf(part), name: oneLine(pathOf(part), 200), waitsFor: 'a person' };
}
const GATE_SEARCH_MAX_BYTES = 2 * 1024 * 1024;
async function readForGate({ runner, cancelled }, { client, build }) {
  try {
    return await client.buildDetail(build, { signal: cancelled, maxBytes: GATE_SEARCH_MAX_BYTES });
  } catch (error) {
    if (cancelled.aborted) throw error;
    runner.debug('The detail could not be read; a gate inside a job, or who may decide one, would not show.');
    return undefined;
  }
}

;// CONCATENATED MODULE: ./build/retry/reconcile.js









async function reconcile(step, options, lost) {
  step.runner.info(logLine('Lost', `the answer, ${lost.reason}; BK-CI may have acted, so the retry is not sent again`));
  const reads = await readUntilMoved(step, options, lost.answered ? READ_ANSWERED_AT_MS : reconcile_READ_AT_MS);
  if (reads.moved) return adopt(step, options, reads.moved);
  if (!lost.refusal || !reads.lastStatus) throw unresolvedError(options, lost, reads);
  options.onSendFailed();
  throw lost.refusal;
}
const reconcile_READ_AT_MS = [2_000, 5_000, 10_000, 20_000, 35_000, 60_000];
const READ_ANSWERED_AT_MS = [1_000, 3_000, 6_000];
async function readUntilMoved(step, options, at) {
  const { runner, clock, cancelled } = step;
  const start = clock.now();
  let lastStatus;
  const read = async () => {
    const state = await tryRead(step, options);
    if (!state) return undefined;
    lastStatus = state.status;
    runner.info(timedLine(clock.now() - start, state.moved ? 'changed' : 'unchanged', shortState(state.status)));
    return state;
  };
  const times = options.plan.baseline ? at : [];
  const state = await pollAt({ clock, at: times, signal: cancelled }, read, ({ moved }) => moved);
  return { moved: state?.status, lastStatus, waitedMs: clock.now() - start };
}
async function tryRead(step, options) {
  try {
    return await readState(step, options);
  } catch (error) {
    if (step.cancelled.aborted) throw error;
    step.runner.debug(`The build could not be read: ${String(error.message)}`);
    return undefined;
  }
}
async function readState(step, { client, build, plan }) {
  const options = { signal: step.cancelled, consequence: 'the build was not retried' };
  const status = await client.buildStatus(build, options);
  const { baseline, plugin } = plan;
  if (!plugin) return { status, moved: whoseExecution({ baseline }, status) !== 'before ours' };
  const [part] = findParts(await client.buildDetail(build, options), plugin.id);
  const now = part?.kind === 'plug-in' ? part.plugin : plugin;
  const moved =
    now.status !== plugin.status || now.startEpoch !== plugin.startEpoch || now.executeCount !== plugin.executeCount;
  return { status, moved };
}
function shortState(status) {
  return `${oneLine(status.status, 40)}${status.executeCount === undefined ? '' : `, execution ${status.executeCount}`}`;
}
function adopt(step, { build, plan, username }, status) {
  const { baseline, plugin } = plan;
  const ahead = warnIfAhead(step, plan, status);
  const user = plugin ? undefined : username;
  const starter = otherStarter(status, user);
  if (starter !== undefined) {
    step.runner.annotate(
      'warning',
      `The new execution of build ${buildName(status.buildNumber, build.buildId)} was started by ${starter}, not by ${username}; it is not known whether the retry of this step took effect as well.`,
    );
  }
  const executeCount = expectedExecution(baseline, plugin !== undefined);
  const whose = starter === undefined ? whoseExecution({ executeCount }, status) : "somebody else's";
  const ownership = whose === 'ours' ? 'ours' : whose === 'newer' ? 'unsure' : 'other';
  const note = ownership === 'ours' && ahead === 1 ? '; one retry took effect' : '';
  logAdopted(step, status, note);
  return { build, at: step.clock.now(), ownership, executeCount: status.executeCount };
}
function logAdopted({ runner }, { executeCount }, note) {
  const execution = executeCount === undefined ? 'a new execution' : `execution ${executeCount}`;
  runner.info(logLine('Accepted', `${execution}, as the build itself shows${note}`));
}
function warnIfAhead({ runner }, { baseline, plugin }, now) {
  const [before, after] = [baseline?.executeCount, now.executeCount];
  if (before === undefined || after === undefined) return undefined;
  const ahead = after - before;
  if (ahead > (plugin ? 0 : 1)) {
    const name = now.buildNumber === undefined ? 'The build' : `Build #${now.buildNumber}`;
    const times = ahead === 1 ? '1 execution' : `${ahead} executions`;
    runner.annotate(
      'warning',
      `${name} went ${times} ahead with this retry: somebody else retried it as well, or BK-CI received the request twice.`,
    );
  }
  return ahead;
}
function unresolvedError({ build, plan, consoleUrl }, { reason, answered }, { lastStatus, waitedMs }) {
  const { baseline } = plan;
  const name = buildName(baseline?.buildNumber, build.buildId);
  const link = consoleUrl === undefined ? '' : ` ${buildLink(consoleUrl, build)}`;
  const finding = lastStatus
    ? `the build has not changed in ${duration(waitedMs)} (${describeStatus(lastStatus)})`
    : baseline
      ? `the build could not be read for ${duration(waitedMs)}`
      : 'how the build stood before is not known';
  return new ActionError(
    answered ? 'unexpected-answer' : 'answer-lost',
    {
      problem: `It is not known whether build ${name} was retried: the answer was lost (${reason}) and ${finding}`,
      remedy: `The request may still arrive, and sending it again could run the build twice. In a few minutes, open the build: ${howToTell(baseline)} If it was not, run this step again.${link}`,
    },
    { leavesDoubt: true },
  );
}

;// CONCATENATED MODULE: ./build/retry/refused.js







const ALREADY_RUNS = new Map([
  [2100002, { inside: false }],
  [2101129, { inside: false }],
  [2101901, { inside: false }],
  [2101114, { inside: false }],
  [2101911, { inside: false }],
  [2101273, { inside: false }],
  [2101110, { inside: true }],
  [2101907, { inside: true }],
  [2101277, { inside: true }],
]);
async function onRefused(step, options, outcome) {
  const { client, build, plan } = options;
  const { response } = outcome;
  const refusal = client.refusal(outcome, { operation: 'retry', build, consequence: 'nothing was retried' });
  const isPage = response.form === 'html' && response.redirectTo === undefined && response.proxy === undefined;
  if (isPage) {
    return reconcile(step, options, { reason: `a web page with HTTP ${response.http}`, answered: true, refusal });
  }
  if (contradicts(plan, response.status)) {
    const reason = `BK-CI refused with ${response.status}, which contradicts what was read before`;
    step.runner.info(logLine('Refused', `${response.status}, which contradicts what was read before`));
    const reads = await readUntilMoved(step, options, READ_ANSWERED_AT_MS);
    if (reads.moved) return onContradiction(step, options, { refusal, status: reads.moved });
    options.onSendFailed();
    throw reads.lastStatus ? refusal : unresolvedError(options, { reason, answered: true }, reads);
  }
  options.onSendFailed();
  throw refusal;
}
function contradicts({ baseline, plugin }, status) {
  const number = status === undefined ? undefined : ALREADY_RUNS.get(status);
  if (!baseline || !number) return false;
  return plugin ? number.inside : isFinished(baseline);
}
function onContradiction(step, options, { refusal, status }) {
  const { build, plan, username, consoleUrl } = options;
  if (plan.plugin || (username !== undefined && status.startedBy === username)) {
    warnIfAhead(step, plan, status);
    logAdopted(step, status, '; BK-CI refused a second delivery of the request');
    return { build, at: step.clock.now(), ownership: 'other', executeCount: status.executeCount };
  }
  options.onSendFailed();
  const starter = otherStarter(status, username);
  const { text, response, request } = refusal;
  const problem = (who) => `${text.problem}: ${who} meanwhile (${describeStatus(status)})`;
  if (starter !== undefined) {
    throw new ActionError(
      'already-running',
      { ...text, problem: problem(`${starter} has retried it`), remedy: 'Wait for its end.' },
      { response, request, buildRuns: true },
    );
  }
  const link = consoleUrl === undefined ? '' : ` ${buildLink(consoleUrl, build)}`;
  throw new ActionError(
    'already-running',
    {
      problem: `${problem('a new execution has started')}, and it is not known whether this retry started it`,
      remedy: `${username === undefined ? 'Set username, so that this can be known. ' : ''}Open the build to see who started it.${link}`,
    },
    { response, request, buildRuns: true, leavesDoubt: true },
  );
}

;// CONCATENATED MODULE: ./build/retry/send.js










async function retryOnce(step, options, budget) {
  const request = options.client.describeRequest('retry', options.build);
  for (let sent = 1; ; sent += 1) {
    step.cancelled.throwIfAborted();
    options.onSend();
    const outcome = await unlessCancelled(step, options.client.retryBuild(options.build, options.plan.parameters));
    switch (outcome.kind) {
      case 'accepted':
        return onAccepted(step, options, outcome);
      case 'refused':
        return onRefused(step, options, outcome);
      case 'answer-lost':
        return reconcile(step, options, { reason: resend_budget_reasonOf(outcome), answered: outcome.answered });
      case 'not-delivered':
        options.onSendFailed();
        await budget.pause(outcome, { request, consequence: 'the build was not retried', sent });
        if (outcome.response && options.plan.baseline) {
          const accepted = await lookBeforeResend(step, options, budget);
          if (accepted) return accepted;
        }
    }
  }
}
function unlessCancelled({ cancelled }, work) {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(cancelled.reason);
    cancelled.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => cancelled.removeEventListener('abort', onAbort));
  });
}
async function onAccepted(step, options, { data, response }) {
  try {
    const answer = decodeRetry(data, options.build);
    return {
      build: { ...options.build, buildId: answer.id },
      buildNumber: answer.buildNumber,
      ...executionOf(step, options, answer),
      response: { status: response.status ?? 0, message: response.message },
      at: step.clock.now(),
    };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return reconcile(step, options, { reason: `the answer has status 0, but ${error.message}`, answered: true });
  }
}
function executionOf(step, { build, plan }, { id, executeCount, buildNumber }) {
  const { runner } = step;
  if (id !== build.buildId) {
    runner.annotate(
      'warning',
      `BK-CI answered with another build: ${quote(id, 80)} instead of ${build.buildId}. The build of the answer is followed.`,
    );
    return { executeCount, ownership: 'ours', answeredOther: true };
  }
  const expected = expectedExecution(plan.baseline, plan.plugin !== undefined);
  if (expected === undefined || executeCount === undefined || executeCount === expected) {
    return { executeCount: executeCount ?? expected, ownership: 'ours' };
  }
  if (executeCount > expected) {
    warnIfAhead(step, plan, { executeCount, buildNumber });
    return { executeCount, ownership: 'unsure' };
  }
  runner.annotate(
    'warning',
    `BK-CI contradicts itself: it answered with execution ${executeCount}, but the build was at execution ${plan.baseline?.executeCount} already.`,
  );
  return { executeCount: expected, ownership: 'ours' };
}
async function lookBeforeResend(step, options, budget) {
  const { build, plan, username } = options;
  const { status, moved } = await budget.read(() => readState(step, options));
  if (!moved) return undefined;
  const starter = plan.plugin ? undefined : otherStarter(status, username);
  if (starter !== undefined) {
    throw new ActionError(
      'already-running',
      {
        problem: `${starter} has retried build ${buildName(status.buildNumber, build.buildId)} meanwhile (${describeStatus(status)})`,
        consequence: 'the retry was not sent again',
        remedy: 'Wait for its end.',
      },
      { buildRuns: true },
    );
  }
  step.runner.info(
    logLine('Note', 'the build has moved although BK-CI turned the retry away, so it is not sent again'),
  );
  return adopt(step, options, status);
}

;// CONCATENATED MODULE: ./build/run/next-attempt.js







async function planNextAttempt(context, build, { ended, latest }) {
  const { client, inputs, state } = context;
  const budget = new ResendBudget(context, latest);
  const options = { signal: context.cancelled, consequence: 'the build was not retried again' };
  const reader = resending(client, budget);
  const status = await reader.buildStatus(build, options);
  if (whoseExecution({ baseline: ended }, status) !== 'before ours') {
    const by = status.startedBy === undefined ? 'somebody else' : oneLine(status.startedBy, 80);
    throw new ActionError('already-running', { problem: `${by} has retried it meanwhile (${describeStatus(status)})` });
  }
  const request = { ...retryRequest(inputs), onlyIfFailed: false, isFurtherAttempt: true };
  const detail = needsDetail(request, status) ? await reader.buildDetail(build, options) : undefined;
  if (detail) state.recordNames(detail);
  const decision = decide(request, status, detail, build.buildId);
  if (decision.kind !== 'plan') throw new Error(`a failed build was decided as ${decision.kind}`);
  return { plan: decision, budget };
}

;// CONCATENATED MODULE: ./build/run/attempts.js












async function runAttempts(context, planned) {
  const { follow } = context.inputs;
  const running = await sendRetry(context, planned);
  if (!follow) {
    logAccepted(context, running.accepted);
    return { result: 'retried' };
  }
  const deadline = running.accepted.at + follow.timeoutMs;
  return followAttempts(context, { running, deadline, options: follow });
}
async function followAttempts(context, first) {
  const { deadline, options } = first;
  let { running } = first;
  for (let attempt = 1; ; attempt += 1) {
    const { accepted, baseline } = running;
    logAccepted(context, accepted, `up to ${duration(deadline - accepted.at)}`);
    const { build, executeCount, answeredOther } = accepted;
    const expected = expectedLength(context, running, options);
    const execution = { baseline, executeCount, answeredOther, expected };
    const end = await followBuild(context, { build, deadline, options, ...execution });
    if (end.result === 'timed-out') return onTimeout(context, running, end);
    context.state.advance({ kind: 'end' });
    if (end.result === 'succeeded') return { result: 'succeeded' };
    if (end.result === 'cancelled') return { result: 'cancelled', hasRun: end.hasRun };
    const isWanted = attempt < options.maxAttempts && !end.gateRefused;
    const again = isWanted && context.clock.now() + options.retryDelayMs < deadline;
    if (isWanted && !again) logTimeUsedUp(context, attempt + 1);
    await recordAttempt(context, accepted, { end, logs: !again });
    if (again) await pauseBefore(context, attempt + 1);
    const next = again ? await sendNextAttempt(context, first, { end, build, attempt: attempt + 1 }) : undefined;
    if (!next) {
      if (again) await recordLogs(context, build, end);
      return { result: 'failed', gateRefused: end.gateRefused };
    }
    running = next;
  }
}
function expectedLength({ state }, { baseline }, { timeoutMs }) {
  const { plan, statusBefore } = state.record;
  if (!baseline || !statusBefore || plan?.parameters.taskId !== undefined) return undefined;
  const length = lengthOf(statusBefore);
  return length !== undefined && length <= timeoutMs ? length : undefined;
}
function logPlan({ runner, state }, plan) {
  for (const warning of plan.warnings) runner.annotate('warning', warning);
  runner.info(logLine(plan.verb, plan.description));
  state.update({ plan, statusBefore: plan.baseline ?? state.record.statusBefore });
}
async function sendRetry(context, { build, plan, budget }) {
  const { client, inputs, state } = context;
  const task = {
    client,
    build,
    plan,
    consoleUrl: inputs.consoleUrl,
    username: inputs.access.credentials.username,
    onSend: () => state.beginSend(build, plan.baseline),
    onSendFailed: () => void state.advance({ kind: 'send-failed' }),
  };
  const accepted = await retryOnce(context, task, budget);
  const running = { accepted, baseline: baselineOf(plan, accepted) };
  state.recordAccepted(running);
  if (plan.warningAfter !== undefined) context.runner.annotate('warning', plan.warningAfter);
  return running;
}
function baselineOf({ baseline, plugin }, { answeredOther }) {
  return plugin || answeredOther ? undefined : baseline;
}
function logAccepted({ runner }, { executeCount, response }, limit) {
  const execution = executeCount === undefined ? 'by BK-CI' : `execution ${executeCount}`;
  if (response) runner.info(logLine('Accepted', limit === undefined ? execution : `${execution}, waiting ${limit}`));
  else if (limit !== undefined) runner.info(logLine('Waiting', limit));
}
async function followBuild(context, target) {
  const { client, inputs, state } = context;
  const { options, ...execution } = target;
  const end = await pollUntilEnd(context, {
    ...execution,
    client,
    since: state.startTimer(),
    longestPause: options.pollMs,
    consoleUrl: inputs.consoleUrl,
    recordStatus: (status) => state.recordStatus(status),
  });
  state.stopTimer();
  return end;
}
function logTimeUsedUp({ runner, inputs }, attempt) {
  const { maxAttempts = attempt, retryDelayMs = 0 } = inputs.follow ?? {};
  const pause = retryDelayMs > 0 ? `after a pause of ${duration(retryDelayMs)}, ` : '';
  runner.info(logLine('Attempt', `${attempt} of ${maxAttempts} is not started: ${pause}timeoutMinutes is used up`));
}
async function pauseBefore({ runner, clock, cancelled, inputs }, attempt) {
  const { maxAttempts = attempt, retryDelayMs = 0 } = inputs.follow ?? {};
  if (retryDelayMs === 0) return;
  runner.info(logLine('Pause', `${duration(retryDelayMs)} before attempt ${attempt} of ${maxAttempts}`));
  await clock.sleep(retryDelayMs, cancelled);
}
async function recordAttempt(context, { build, at }, { end, logs }) {
  const { runner, clock, state, client, inputs } = context;
  const durationMs = clock.now() - at;
  const logLines = logs ? inputs.logLines : 0;
  const { status, hasRun } = end;
  state.recordFailures(await collectFailures(context, { client, build, status, hasRun, logLines }));
  const [first] = causesOf(state.record);
  const gate = refusedGate(status);
  state.recordAttempt({
    failedIn: gate ? `the gate of ${gate.name}` : first ? taskPath(first) : '',
    durationMs,
    executeCount: status.executeCount,
  });
  if (logs || !first) return;
  runner.info(logLine('Failed', [taskSentence(first), taskReason(first)].filter(Boolean).join(': ')));
}
async function recordLogs(context, build, { status }) {
  const { client, inputs, state } = context;
  const options = { client, build, status, logLines: inputs.logLines };
  state.update({ logs: await collectLogs(context, options, state.record.failedTasks) });
}
async function sendNextAttempt(context, { deadline, options }, { end, build, attempt }) {
  const { runner, clock, state } = context;
  const { plan: sent, statusBefore } = state.record;
  try {
    const { plan, budget } = await planNextAttempt(context, build, { ended: end.status, latest: deadline });
    if (clock.now() >= deadline) return logTimeUsedUp(context, attempt);
    runner.info(logLine('Attempt', `${attempt} of ${options.maxAttempts}`));
    logPlan(context, plan);
    return await sendRetry(context, { build, plan, budget });
  } catch (error) {
    if (!(error instanceof ActionError) || error.leavesDoubt) throw error;
    state.update({ plan: sent, statusBefore });
    const { message } = error.with({ consequence: undefined });
    runner.annotate('warning', `The build is not retried again: ${message} [${error.code}]`);
    return undefined;
  }
}

;// CONCATENATED MODULE: ./build/run/lifecycle.js
const IDLE = { kind: 'idle' };
function next(now, event) {
  switch (event.kind) {
    case 'send': {
      const { build, baseline } = event;
      return { kind: 'sending', build, baseline, from: now.kind === 'sending' ? now.from : now };
    }
    case 'send-failed':
      return now.kind === 'sending' ? now.from : now;
    case 'accept':
      return { kind: 'running', accepted: event.accepted, baseline: event.baseline };
    case 'end':
      return { kind: 'ended' };
    case 'stop-failed':
      return { kind: 'stop-undelivered', accepted: event.accepted, baseline: event.baseline };
  }
}
function leftForPost(now) {
  switch (now.kind) {
    case 'sending':
      return { phase: 'sending', build: now.build, baseline: now.baseline };
    case 'running':
    case 'stop-undelivered': {
      const { accepted, baseline } = now;
      if (accepted.ownership === 'other') return undefined;
      const { build, executeCount, ownership } = accepted;
      return { phase: 'running', build, baseline, executeCount, unsure: ownership === 'unsure' || undefined };
    }
    case 'idle':
    case 'ended':
      return undefined;
  }
}
function atExit(now, cancelled) {
  if (now.kind === 'stop-undelivered') return now;
  return cancelled && now.kind === 'sending' ? now : { kind: 'ended' };
}

;// CONCATENATED MODULE: ./build/run/state.js




const NO_FAILURES = { failedTasks: [], logs: [], stages: [] };
class RunState {
  outputs;
  #lifecycle = IDLE;
  #access;
  #left;
  #since;
  #until;
  #step;
  #record = {
    maxAttempts: 1,
    attempts: [],
    ...NO_FAILURES,
  };
  constructor(step) {
    this.#step = step;
    this.outputs = new Outputs(step.runner);
  }
  get lifecycle() {
    return this.#lifecycle;
  }
  get record() {
    const elapsedMs = this.#since === undefined ? undefined : (this.#until ?? this.#step.clock.now()) - this.#since;
    const { kind } = this.#lifecycle;
    return { ...this.#record, phase: kind === 'stop-undelivered' ? 'ended' : kind, elapsedMs };
  }
  startTimer() {
    this.#since ??= this.#step.clock.now();
    return this.#since;
  }
  stopTimer() {
    this.#until = this.#step.clock.now();
  }
  saveForPost(access) {
    this.#access = access;
  }
  advance(event) {
    return this.#moveTo(next(this.#lifecycle, event));
  }
  requireOutputs() {
    if (this.outputs.problem) throw this.outputs.problem;
  }
  beginSend(build, baseline) {
    const problem = this.outputs.probe() ?? this.advance({ kind: 'send', build, baseline });
    if (!problem) return;
    this.advance({ kind: 'send-failed' });
    throw problem.with({ consequence: this.#record.accepted ? undefined : 'the build was not retried' });
  }
  exit() {
    this.#moveTo(atExit(this.#lifecycle, this.#step.cancelled.aborted));
  }
  #moveTo(lifecycle) {
    this.#lifecycle = lifecycle;
    const left = leftForPost(lifecycle);
    if (this.#access === undefined || (left === undefined && this.#left === undefined)) return undefined;
    this.#left = left;
    try {
      saveRetry(this.#step.runner, left && { ...left, ...this.#access });
      return undefined;
    } catch (error) {
      return asActionError(error);
    }
  }
  update(more) {
    this.#record = { ...this.#record, ...more };
    this.outputs.update(outputsOf(this.record));
  }
  recordStatus(status) {
    const { statusBefore = status, buildNumber, executeCount } = this.#record;
    this.update({
      lastStatus: status,
      statusBefore,
      buildNumber: status.buildNumber ?? buildNumber,
      executeCount: status.executeCount ?? executeCount,
    });
  }
  recordNames({ pipelineName, firstStartedBy }) {
    this.update({
      pipelineName: pipelineName ?? this.#record.pipelineName,
      firstStartedBy: firstStartedBy ?? this.#record.firstStartedBy,
    });
  }
  recordAccepted({ accepted, baseline }) {
    const { build, executeCount, buildNumber, ownership, response, at } = accepted;
    const before = this.#record;
    this.advance({ kind: 'accept', accepted, baseline });
    if (!before.accepted) this.#since = at;
    this.#until = undefined;
    this.update({
      build,
      buildNumber: buildNumber ?? before.buildNumber,
      executeCount: executeCount ?? before.executeCount,
      accepted: {
        count: (before.accepted?.count ?? 0) + 1,
        executeCount,
        startedByOther: ownership !== 'ours',
        response,
      },
      lastStatus: undefined,
      ...NO_FAILURES,
    });
  }
  recordFailures({ failedTasks, logs, stages, ...names }) {
    this.update({ failedTasks, logs, stages });
    this.recordNames(names);
  }
  recordAttempt(attempt) {
    this.update({ attempts: [...this.#record.attempts, attempt] });
  }
}

;// CONCATENATED MODULE: ./build/run/run.js





















async function run(step, http) {
  const { runner } = step;
  const state = new RunState(step);
  let context;
  try {
    const secrets = maskSecrets(runner);
    state.update({ workflowRun: workflowRun(runner), pages: actionPages(runner) });
    const commit = commitFromEvent(runner);
    const inputs = readInputs(runner, commit !== undefined);
    const { access, follow } = inputs;
    if (follow?.stopOnAbort) state.saveForPost(accessToSave(inputs));
    context = { ...step, inputs, state, client: new Client(http, access, secrets) };
    return await conclude(step, { state, context }, await execute(context, { http, commit }));
  } catch (error) {
    const conclusion =
      error instanceof WorkflowCancelled
        ? await onCancelled(context)
        : withProjectHint(asActionError(error), context?.inputs.selector.ids.projectId);
    return await conclude(step, { state, context }, conclusion);
  } finally {
    state.exit();
  }
}
async function conclude({ runner }, { state, context }, conclusion) {
  const { outputs, record } = state;
  const readRest = async () => (context && (await readOverviewOfEnd(context, conclusion))) ?? {};
  await publish({ runner, outputs, readRest }, conclusion, record);
  return isGreen(conclusion) && outputs.problem === undefined;
}
async function readOverviewOfEnd(context, conclusion) {
  const { build, pipelineName, firstStartedBy } = context.state.record;
  const isWanted = 'result' in conclusion && ['succeeded', 'cancelled', 'timed-out'].includes(conclusion.result);
  const overview = isWanted && build ? await readOverview(context, { client: context.client, build }) : undefined;
  return (
    overview && {
      stages: overview.stages,
      pipelineName: overview.pipelineName ?? pipelineName,
      firstStartedBy: overview.firstStartedBy ?? firstStartedBy,
    }
  );
}
async function execute(context, search) {
  const { runner, inputs, state } = context;
  const { consoleUrl, follow } = inputs;
  const { username } = inputs.access.credentials;
  state.update({
    maxAttempts: follow?.maxAttempts ?? 1,
    consoleUrl,
    username,
  });
  for (const warning of inputs.warnings) runner.annotate('warning', warning);
  const budget = new ResendBudget(context);
  const found = await chooseBuild(context, search, budget);
  if (found.kind === 'build' && found.explanation !== undefined) runner.info(logLine('Found', found.explanation));
  for (const notice of found.notices ?? []) runner.annotate('notice', notice);
  if (found.kind === 'none') return { result: 'not-needed', why: found.why };
  state.update({ candidates: found.candidates });
  if (found.kind === 'ambiguous') return listCandidates(context, found);
  state.update({ build: found.build });
  state.requireOutputs();
  return planAndRetry(context, found.build, budget);
}
function chooseBuild({ runner, cancelled, inputs, client }, { http, commit }, budget) {
  const { selector, consoleUrl, onlyIfFailed } = inputs;
  const readChecksOfCommit = async () => {
    if (!commit || selector.githubToken === undefined) {
      throw new ActionError('input-invalid', {
        problem: 'githubToken: missing, but the build has to be found by the checks of a commit',
        consequence: NOTHING_SENT,
        remedy: 'Leave githubToken out to use the token of the job.',
      });
    }
    const source = { http, token: selector.githubToken, commit, cancelled };
    return budget.read(() => readChecks(runner, source));
  };
  const reader = resending(client, budget);
  return findBuild({ selector, reader, consoleUrl, onlyIfFailed, cancelled, readChecks: readChecksOfCommit });
}
function listCandidates({ runner, inputs }, found) {
  if (!inputs.dryRun) throw ambiguousError(found);
  for (const { name, buildUrl, buildId } of found.candidates)
    runner.info(logLine('Found', `${quote(name, 120)}: ${buildUrl || buildId}`));
  return { result: 'found' };
}
async function planAndRetry(context, build, first) {
  const { runner, clock, inputs, client } = context;
  const { follow } = inputs;
  let budget = first;
  let deadline;
  for (;;) {
    const decision = await preflight(context, { ...context, build, reader: resending(client, budget) });
    deadline ??= clock.now() + (follow?.timeoutMs ?? 0);
    const outcome = await carryOut(context, decision, { build, budget });
    if (outcome) return outcome;
    if (!follow) throw new Error('only a build that is followed is waited for');
    runner.info(logLine('Running', 'already; waiting for its end first (onlyIfFailed: true)'));
    const end = await followBuild(context, { build, deadline, options: follow });
    if (end.result === 'timed-out') return { result: 'timed-out' };
    budget = new ResendBudget(context);
  }
}
async function carryOut(context, decision, { build, budget }) {
  const { runner, inputs, state } = context;
  const { follow, dryRun, onlyIfFailed } = inputs;
  if (decision.kind !== 'plan') {
    return decision.kind === 'follow' && follow && !dryRun ? undefined : { result: 'not-needed', why: decision.why };
  }
  logPlan(context, decision);
  if (dryRun) {
    if (decision.warningAfter !== undefined) runner.annotate('warning', decision.warningAfter);
    return { result: 'found' };
  }
  try {
    return await runAttempts(context, { build, plan: decision, budget });
  } catch (error) {
    const isFirst = !state.record.accepted;
    if (!(isFirst && error instanceof ActionError && error.buildRuns && onlyIfFailed && follow)) throw error;
    runner.annotate('warning', error.message);
    state.update({ plan: undefined });
    return undefined;
  }
}

;// CONCATENATED MODULE: ./build/version.js
const VERSION = '1.0.0';

;// CONCATENATED MODULE: ./build/index.js












const isPost = process.argv[2] === 'post';
process.exitCode = isPost ? 0 : 1;
process.noDeprecation = true;
const EXIT_AFTER_SIGNAL_MS = 5_500;
const runner = createRunner(core_namespaceObject, process.env);
const cancel = new AbortController();
const step = { runner, clock: systemClock, cancelled: cancel.signal };
async function exit() {
  await Promise.all([process.stdout, process.stderr].map((out) => new Promise((flushed) => out.write('', flushed))));
  process.exit();
}
async function crash(error) {
  process.exitCode = isPost ? 0 : 1;
  runner.annotate(isPost ? 'warning' : 'error', errorAnnotation(asActionError(error).redacted(runner.redact)).message);
  await exit();
}
function cancelStep() {
  if (cancel.signal.aborted) return;
  systemClock.timer(EXIT_AFTER_SIGNAL_MS, () => process.exit());
  cancel.abort(new WorkflowCancelled('the workflow was cancelled'));
}
function signals() {
  let signalled = false;
  return () => {
    if (signalled) process.exit();
    signalled = true;
    cancelStep();
  };
}
process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);
const onSignal = signals();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGBREAK']) process.on(signal, onSignal);
for (const out of [process.stdout, process.stderr]) out.on('error', cancelStep);
const OLDEST_NODE = 20;
async function refuseNode() {
  const error = new ActionError('input-invalid', {
    problem: `This action needs Node ${OLDEST_NODE} or newer, and this runner has Node ${process.versions.node}`,
    consequence: NOTHING_SENT,
    remedy: 'Put a newer node first in the PATH, or run the job in an image that has one.',
  });
  const { outputs, record } = new RunState(step);
  await publish({ runner, outputs }, error, record);
}
async function main() {
  const http = createHttp(`retry-bk-ci-build/${VERSION}`, systemClock, runner.environment);
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) await refuseNode();
  else if (isPost) await runPost(step, http);
  else if (await run(step, http)) process.exitCode = 0;
  await exit();
}
main().catch(crash);

})();

module.exports = __webpack_exports__;
/******/ })()
;
/** The first two bytes of a TLS handshake record, with which each channel begins under tls-creds. */
export const TLS_HANDSHAKE = 0x1603;

/** What is wrong with a channel that begins so. */
export const ENCRYPTED =
  "the channel is encrypted (it begins with a TLS handshake, 16 03), so its contents cannot be read";

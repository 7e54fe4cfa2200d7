/** sha256 of the weights that generated text and package lists alone give: continuous integration repeats the training and compares. */
export const GENERATED_SHA256 = '01809bd6ea4b4f96ab6eed0a8849688fd4432bc3507c1de204ca4191c75de28b'

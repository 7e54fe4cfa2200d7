/** sha256 of the weights that generated text and package lists alone give: continuous integration repeats the training and compares. */
export const GENERATED_SHA256 = 'ea67571ea64d60ca104d9b504da6d37e7f58a12aed6fe0f698e83f79daef2555'

/** sha256 of the weights that generated text and package lists alone give: continuous integration repeats the training and compares. */
export const GENERATED_SHA256 = '67caf4bf0564f4027e3f7c87d1c3808f8174a915559cb99df78857675b5dbe33'

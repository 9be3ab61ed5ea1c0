
## The composer

offers-title = From the last reply
